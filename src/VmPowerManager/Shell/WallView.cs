using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Ups;

namespace VmPowerManager.Shell;

public enum WallMode
{
    /// <summary>Every UPS with its runtime.</summary>
    Calm,

    /// <summary>On battery: what comes next, and when.</summary>
    OnBattery,

    /// <summary>A run stops machines.</summary>
    ShuttingDown,

    /// <summary>Stopped; waiting for mains, or for it to be stable.</summary>
    Down,

    /// <summary>A run brings them back.</summary>
    Recovering,
}

/// <summary>What the wall shows, decided in one place. Pure.</summary>
public sealed record WallView
{
    public required WallMode Mode { get; init; }
    public required Overall Overall { get; init; }
    public required IReadOnlyList<UpsStreamView> Upses { get; init; }
    public required IReadOnlyList<PlanScreen> Plans { get; init; }

    /// <summary>The plan that the countdown is about, or null.</summary>
    public PlanScreen? Plan { get; init; }

    /// <summary>The run in progress, or null.</summary>
    public RunRecord? Run { get; init; }

    /// <summary>Since when the longest of the open outages lasts.</summary>
    public DateTimeOffset? OnBatterySince { get; init; }

    /// <summary>The shortest runtime among the UPSes on battery, or of all when none is, that answer; seconds.</summary>
    public double? RuntimeSeconds { get; init; }

    /// <summary>At least one of them is silent, or does not say how long it lasts.</summary>
    public bool RuntimeIsPartial { get; init; }

    /// <summary>The runtime was extrapolated, not read.</summary>
    public bool RuntimeIsEstimated { get; init; }

    /// <summary>What the plan does next by itself; null where it will not, or it is not known.</summary>
    public NextPhaseView? Next =>
        Mode == WallMode.OnBattery && Plan is { State: { Armed: true, Hold: null, NextPhase: { } next } } ? next : null;

    public IEnumerable<StepState> Steps => Run?.State.Steps.Where(s => s.Selected) ?? [];
    public int StepsDone => Steps.Count(s => s.Terminal);
    public int StepsInAll => Steps.Count();

    public static WallView Of(
        IEnumerable<UpsStreamView> upses,
        IEnumerable<PlanScreen> plans,
        IEnumerable<RunRecord> runs
    )
    {
        var watched = upses
            .Where(u => u.Enabled)
            .OrderBy(u => u.Name, StringComparer.CurrentCultureIgnoreCase)
            .ToList();
        var all = plans.OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase).ToList();
        var run = runs.LastOrDefault(r => r.State is { Status: RunStatus.Running, Kind: not RunKind.Rehearsal });
        var onBattery = watched.Where(u => u.Reading is { OnBattery: true }).ToList();
        var counted = onBattery.Count > 0 ? onBattery : watched;
        var lasting = counted
            .Select(u => u.Reading)
            .Where(r => r is { Comm: Comm.Ok, BatteryRuntimeSeconds: not null })
            .ToList();
        var mode = ModeOf(run, all, onBattery.Count > 0);
        return new WallView
        {
            Mode = mode,
            Overall = Overall.Of(watched, all),
            Upses = watched,
            Plans = all,
            Plan = all.FirstOrDefault(p => p.PlanId == run?.PlanId) ?? all.MinBy(Urgency),
            Run = run,
            OnBatterySince = onBattery.Select(u => Since(u.Reading)).Min(),
            RuntimeSeconds = lasting.Min(r => r?.BatteryRuntimeSeconds),
            RuntimeIsPartial = lasting.Count < counted.Count,
            RuntimeIsEstimated = lasting.Any(r => r?.Estimated.Contains("batteryRuntimeSeconds") == true),
        };
    }

    private static WallMode ModeOf(RunRecord? run, List<PlanScreen> plans, bool onBattery) =>
        run?.State.Kind switch
        {
            RunKind.Shutdown => WallMode.ShuttingDown,
            RunKind.Startup => WallMode.Recovering,
            _ when plans.Any(p => p.State.Stage is "down" or "waiting") => WallMode.Down,
            _ when onBattery => WallMode.OnBattery,
            _ => WallMode.Calm,
        };

    /// <summary>Armed plans first, then the one whose phase comes next.</summary>
    private static (int, double) Urgency(PlanScreen plan) =>
        (
            plan.State switch
            {
                { Stage: "normal" or "unknown" } => 2,
                { Armed: true } => 0,
                _ => 1,
            },
            plan.State.NextPhase?.InSeconds ?? double.MaxValue
        );

    private static DateTimeOffset? Since(UpsReadingView? reading) =>
        reading is { OnBatterySeconds: { } seconds } ? reading.At.AddSeconds(reading.AgeSeconds - seconds) : null;
}
