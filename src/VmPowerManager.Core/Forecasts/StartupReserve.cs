using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>Runtime that the batteries should hold before a stage of a startup begins (POLICY E3): what is under way must
/// come up before it can go down, and then all that runs must go down.</summary>
public static class StartupReserve
{
    /// <summary>By host: seconds for the boot of what is open up to <paramref name="stage"/>, and for the shutdown of all
    /// that would then run.</summary>
    public static ImmutableSortedDictionary<int, double> Of(
        PlanModel model,
        PlanState state,
        TimeSpan now,
        ImmutableArray<StepState> steps,
        int stage,
        Func<TargetRef, bool> runs
    )
    {
        var open = steps.Where(s => !s.Terminal && s.PhaseIndex <= stage && !runs(s.Target)).ToList();
        var keys = steps
            .Where(s => s.Status == StepStatus.Done || (!s.Terminal && s.PhaseIndex <= stage))
            .Select(s => s.Target.Key)
            .ToHashSet(StringComparer.Ordinal);
        var items = ShutdownWork.Of(
            model,
            state,
            StepList.Shutdown(model, state),
            now,
            (t, key) => keys.Contains(key) || runs(t)
        );
        var slots = Schedule.Of(model, items, i => i.Takes.Likely);
        var boot = BootSeconds(model, open);
        var needed = ImmutableSortedDictionary.CreateBuilder<int, double>();
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Target.Kind != TargetKind.Ups)
                needed[items[i].FedAs] = Math.Max(needed.GetValueOrDefault(items[i].FedAs), slots[i].End + boot);
        }
        return needed.ToImmutable();
    }

    /// <summary>Stage by stage; in each the slowest host with its guests, so many at a time.</summary>
    private static double BootSeconds(PlanModel model, List<StepState> open) =>
        open.GroupBy(s => s.PhaseIndex)
            .Sum(stage =>
                stage
                    .GroupBy(s => s.Target.HostId)
                    .Select(host => BootSeconds(model, host.Key, [.. host]))
                    .DefaultIfEmpty()
                    .Max()
            );

    private static double BootSeconds(PlanModel model, int hostId, List<StepState> steps)
    {
        var times = steps.Select(s => (Host: s.Target.Kind == TargetKind.Host, Likely: TimeOf(model, s))).ToList();
        var guests = times.Where(t => !t.Host).Select(t => t.Likely).ToList();
        var abreast = Math.Max(1, model.Hosts.GetValueOrDefault(hostId)?.MaxParallelGuests ?? guests.Count);
        var waves = Math.Max(guests.DefaultIfEmpty().Max(), guests.Sum() / abreast);
        return times.Where(t => t.Host).Select(t => t.Likely).DefaultIfEmpty().Max() + waves;
    }

    /// <summary>Time limits of a start are generous (ten minutes for a host): what was never measured counts for a third of
    /// its limit, or no battery would ever be full enough.</summary>
    private static double TimeOf(PlanModel model, StepState step)
    {
        var takes = ExpectedDuration.Of(model, step.Target.Key, step.Ladder, 0);
        return takes.Confidence == Confidence.Bounds ? takes.Likely / 3 : takes.Likely;
    }
}
