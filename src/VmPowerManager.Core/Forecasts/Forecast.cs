using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>Whether a shutdown that began now would end before the batteries do, and by how much (POLICY B3, C1, C2).
/// Pure; what a run has done already is done.</summary>
public sealed record Forecast
{
    /// <summary>Till the last step of the <see cref="Tightest"/> target is off, seconds; likely, not merely usually.</summary>
    public required double NeededSeconds { get; init; }

    /// <summary>The same as it usually goes.</summary>
    public required double UsualSeconds { get; init; }

    /// <summary>What its batteries give, less the safety margin; null: unknown.</summary>
    public double? AvailableSeconds { get; init; }
    public double? MarginSeconds => AvailableSeconds - NeededSeconds;

    /// <summary>Name of the target that has the least to spare.</summary>
    public string? Tightest { get; init; }

    /// <summary>Of what decides: the weakest on the critical path.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>The steps that decide when it ends, first to last; as indices of <see cref="Steps"/>.</summary>
    public ImmutableArray<int> CriticalPath { get; init; } = [];
    public ImmutableArray<ForecastStep> Steps { get; init; } = [];
    public ImmutableArray<ForecastPhase> Phases { get; init; } = [];
    public ImmutableArray<Sensitivity> Sensitivity { get; init; } = [];

    /// <summary>The lowest charge from which it still fits; above 100: it does not. Null: unknown.</summary>
    public double? FitsFromChargePercent { get; init; }

    /// <summary>Margin with full batteries: what ages with them.</summary>
    public double? FullMarginSeconds { get; init; }
    public ImmutableArray<SheddingPayoff> Shedding { get; init; } = [];

    public static Forecast Of(PlanModel model, PlanState state, TimeSpan now)
    {
        var run = state.Run is { Kind: RunKind.Shutdown } down ? down : null;
        var items = run is null
            ? ShutdownWork.Whole(model, state, now)
            : ShutdownWork.Of(run.Model, state, run.Steps, now, (t, key) => !ShutdownWork.IsDown(state, t, key));
        return new Forecaster(run?.Model ?? model, state, now, items, run?.Compressed == true).Forecast();
    }
}

/// <summary>A step of the timeline, seconds from now.</summary>
public sealed record ForecastStep(
    string Phase,
    TargetRef Target,
    StepAction Action,
    double StartsAt,
    double EndsAt,
    double UsuallyEndsAt,
    bool Critical,
    Confidence Confidence
);

public sealed record ForecastPhase(string Id, string Name, double StartsAt, double EndsAt, bool Critical);

/// <summary>What would be if the load, or the charge at the begin, were another.</summary>
/// <param name="LoadPercent">Of the load now; null: as it is.</param>
/// <param name="ChargePercent">At the begin; null: as it is.</param>
public sealed record Sensitivity(
    double? LoadPercent,
    double? ChargePercent,
    double? AvailableSeconds,
    double? MarginSeconds
);

/// <summary>What a phase of load shedding has gained in outages past, seconds of runtime.</summary>
public sealed record SheddingPayoff(string Phase, string Name, double? GainedSeconds, int Samples);
