using System.Collections.Immutable;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What lies ahead of a shutdown: how long the rest takes, against how long the batteries last (POLICY C1, C7).
/// Reckoned at most once a second.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan ReckonEvery = TimeSpan.FromSeconds(1);

    private bool AnyAuto => Plan.Phases.Any(p => p.Trigger.Auto);

    private Ahead LookAhead(ImmutableArray<StepState> steps)
    {
        var inRun = Run is { Kind: RunKind.Shutdown };
        if (
            _state.Ahead is { } known
            && (known.Steps, known.InRun) == (steps.Length, inRun)
            && known.At <= Now
            && Now - known.At < ReckonEvery
        )
            return known;
        var needed = AnyAuto ? EndsOf(Open(steps), i => i.Takes.Likely, Squeezed) : [];
        var ahead = new Ahead
        {
            At = Now,
            Steps = steps.Length,
            InRun = inRun,
            Needed = needed.ToImmutableSortedDictionary(),
        };
        ahead = Run is { Kind: RunKind.Shutdown, Cause: RunCause.Outage, Cancelled: null }
            ? Shortened(ahead, steps)
            : ahead;
        _state = _state with { Ahead = ahead };
        return ahead;
    }

    /// <summary>What may have to go down: all that hangs on supplies that fail; all there is, when what others use does.</summary>
    private ImmutableArray<WorkItem> Open(ImmutableArray<StepState> steps)
    {
        var everything = Model.Hosts.Values.Any(h => Ranks.Of(Model, h.Id) > Ranks.Ordinary && Fails(Supply(h.Id)));
        return ShutdownWork.Of(
            Model,
            _state,
            steps,
            Now,
            (t, key) => (everything || Fails(SupplyOf(t))) && !ShutdownWork.IsDown(_state, t, key)
        );
    }

    /// <summary>By host: seconds until all that hangs on its supplies is off.</summary>
    private Dictionary<int, double> EndsOf(ImmutableArray<WorkItem> items, Func<WorkItem, double> takes, bool abreast)
    {
        var slots = Schedule.Of(Model, items, takes, abreast);
        var ends = new Dictionary<int, double>();
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Target.Kind != TargetKind.Ups)
                ends[items[i].FedAs] = Math.Max(ends.GetValueOrDefault(items[i].FedAs), slots[i].End);
        }
        return ends;
    }

    /// <summary>B3: the time that is left, even when critical; null: unknown, or the target's supplies stand.</summary>
    private double? TimeLeft(int hostId)
    {
        var supply = Supply(hostId);
        if (!Fails(supply))
            return null;
        var upses = Model
            .SuppliesOf(Model.Hosts.GetValueOrDefault(hostId))
            .Select(s => _state.Upses.GetValueOrDefault(s.UpsId))
            .OfType<UpsEvidence>()
            .ToList();
        if (!supply.IsCritical || Run is not { } run || upses.Exists(u => u.RuntimeSeconds(Now) is not null))
            return supply.TimeLeftSeconds;
        // What is only assumed of a critical battery runs down all the same.
        if (run.EmptyAt is null)
        {
            run = run with
            {
                EmptyAt =
                    Now
                    + TimeSpan.FromSeconds(
                        upses.Select(u => u.NeedSeconds).DefaultIfEmpty(UpsEvidence.AssumedLowRuntimeSeconds).Min()
                    ),
            };
            SetRun(run);
        }
        return Math.Max(0, (run.EmptyAt - Now)?.TotalSeconds ?? 0);
    }
}
