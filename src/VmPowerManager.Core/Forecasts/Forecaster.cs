using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>Makes a <see cref="Forecast"/>: the schedule of what is to be done, against the batteries of each target.</summary>
internal sealed class Forecaster(
    PlanModel model,
    PlanState state,
    TimeSpan now,
    ImmutableArray<WorkItem> items,
    bool abreast
)
{
    private readonly ImmutableArray<Slot> _likely = Schedule.Of(model, items, i => i.Takes.Likely, abreast);
    private readonly ImmutableArray<Slot> _usual = Schedule.Of(model, items, i => i.Takes.Usual, abreast);

    private double Reserve => model.Definition.SafetyMarginSeconds;

    /// <summary>One target and its batteries.</summary>
    /// <param name="Last">Its last item.</param>
    private sealed record Fed(int HostId, int Last, double End, double? Now, double? Full);

    public Forecast Forecast()
    {
        var fed = Targets();
        var known = fed.Where(f => f.Now is not null).ToList();
        var tightest = (known.Count > 0 ? known.MinBy(f => f.Now - f.End) : fed.MaxBy(f => f.End)) ?? null;
        var path = tightest is null ? [] : Schedule.PathTo(_likely, tightest.Last);
        var critical = path.ToHashSet();
        return new Forecast
        {
            NeededSeconds = Math.Round(tightest?.End ?? 0, 1),
            UsualSeconds = Math.Round(tightest is null ? 0 : EndOf(_usual, tightest.HostId), 1),
            AvailableSeconds = tightest?.Now is { } seconds ? Math.Round(Math.Max(0, seconds - Reserve), 1) : null,
            Tightest = tightest is null ? null : items[tightest.Last].Target.Name,
            Confidence = path.Select(i => items[i].Takes.Confidence).DefaultIfEmpty(Confidence.Learned).Min(),
            CriticalPath = [.. path],
            Steps = [.. items.Select((item, i) => StepOf(item, i, critical.Contains(i)))],
            Phases = Phases(critical),
            Sensitivity = Sensitivities(fed),
            FitsFromChargePercent = FitsFrom(fed),
            FullMarginSeconds = Margin(fed, f => f.Full),
            Shedding = Shedding(),
        };
    }

    private List<Fed> Targets()
    {
        var onBattery = Hypothesis.AllOnBattery(state.Upses, now, atFullCharge: false);
        var full = Hypothesis.AllOnBattery(state.Upses, now, atFullCharge: true);
        var last = new Dictionary<int, int>();
        for (var i = 0; i < items.Length; i++)
        {
            var host = items[i].FedAs;
            if (
                items[i].Target.Kind != TargetKind.Ups
                && (!last.TryGetValue(host, out var best) || _likely[i].End > _likely[best].End)
            )
                last[host] = i;
        }
        return
        [
            .. last.Select(l => new Fed(
                l.Key,
                l.Value,
                _likely[l.Value].End,
                Hypothesis.RuntimeOf(model, l.Key, state.Upses, now)
                    ?? Hypothesis.RuntimeOf(model, l.Key, onBattery, now),
                Hypothesis.RuntimeOf(model, l.Key, full, now)
            )),
        ];
    }

    private double EndOf(ImmutableArray<Slot> slots, int hostId)
    {
        var end = 0.0;
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].FedAs == hostId)
                end = Math.Max(end, slots[i].End);
        }
        return end;
    }

    private ForecastStep StepOf(WorkItem item, int i, bool critical) =>
        new(
            item.Phase,
            item.Target,
            item.Action,
            Math.Round(_likely[i].Start, 1),
            Math.Round(_likely[i].End, 1),
            Math.Round(_usual[i].End, 1),
            critical,
            item.Takes.Confidence
        );

    private ImmutableArray<ForecastPhase> Phases(HashSet<int> critical)
    {
        var phases = ImmutableArray.CreateBuilder<ForecastPhase>();
        var at = 0.0;
        foreach (var phase in model.Definition.Phases)
        {
            var (start, end, decides) = (double.MaxValue, 0.0, false);
            for (var i = 0; i < items.Length; i++)
            {
                if (items[i].Phase != phase.Id)
                    continue;
                (start, end) = (Math.Min(start, _likely[i].Start), Math.Max(end, _likely[i].End));
                decides |= critical.Contains(i);
            }
            // Nothing to do in it: it takes no time.
            (start, end) = start > end ? (at, at) : (start, end);
            phases.Add(new(phase.Id, phase.Name, Math.Round(start, 1), Math.Round(end, 1), decides));
            at = Math.Max(at, end);
        }
        return phases.ToImmutable();
    }

    private ImmutableArray<Sensitivity> Sensitivities(List<Fed> fed)
    {
        double[] loads = [80, 120];
        double[] charges = [100, 75, 50];
        return
        [
            .. loads.Select(l => Row(l, null, f => f.Now * Hypothesis.LoadFactor(l))),
            .. charges.Select(c => Row(null, c, f => f.Full * c / 100)),
        ];

        Sensitivity Row(double? load, double? charge, Func<Fed, double?> runtime)
        {
            var margin = Margin(fed, runtime);
            var least = fed.Where(f => runtime(f) is not null).MinBy(f => runtime(f) - f.End);
            var available = least is null ? null : runtime(least) - Reserve;
            return new(load, charge, Round(available), Round(margin));
        }
    }

    /// <summary>The least that any target has to spare; null: nothing is known.</summary>
    private double? Margin(List<Fed> fed, Func<Fed, double?> runtime) => fed.Min(f => runtime(f) - Reserve - f.End);

    /// <summary>Runtime goes with charge, so that the charge that is needed goes with the time that is.</summary>
    private double? FitsFrom(List<Fed> fed) =>
        fed.Count == 0 || fed.Exists(f => f.Full is not > 0)
            ? null
            : Round(fed.Max(f => (f.End + Reserve) / f.Full * 100));

    private ImmutableArray<SheddingPayoff> Shedding() =>
        [
            .. model
                .Definition.Phases.Where(p => p.Kind == PhaseKind.Shed)
                .Select(p =>
                    (Phase: p, Learned: model.Durations.GetValueOrDefault(ShedMeasure.KeyOf(model.PlanId, p.Id)))
                )
                .Select(p => new SheddingPayoff(p.Phase.Id, p.Phase.Name, p.Learned?.P50, p.Learned?.Samples ?? 0)),
        ];

    private static double? Round(double? value) => value is { } v ? Math.Round(v, 1) : null;
}
