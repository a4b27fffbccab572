using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Measures what load shedding brings: the runtime that the UPSes promise before it and after.</summary>
internal sealed partial class Turn
{
    /// <summary>A UPS takes a while to notice that its load fell.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(20);

    private void MeasureSheds()
    {
        foreach (var phase in Plan.Phases.Where(p => p.Kind == PhaseKind.Shed))
        {
            if (Run is not { } run || Model.PlanSupply(_state.Upses, Now).RuntimeSeconds is not { } runtime)
                return;
            var steps = run.Steps.Where(s => s.Phase == phase.Id).ToList();
            var known = run.Sheds.FirstOrDefault(s => s.Phase == phase.Id);
            var load = _state.Upses.Values.Sum(u => u.Last?.LoadPercent);
            if (known is null && steps.Exists(s => s.AskedAt is not null))
                SetRun(run with { Sheds = run.Sheds.Add(new ShedMeasure(phase.Id, Now, runtime, load)) });
            else if (
                known is { RuntimeAfter: null }
                && steps.TrueForAll(s => s.Terminal && Now - s.OverAt >= SettlesWithin)
            )
                SetRun(
                    run with
                    {
                        Sheds = run.Sheds.Replace(known, known with { RuntimeAfter = runtime, AfterAt = Now }),
                    }
                );
        }
    }
}
