using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>What a shutdown would take at most, by its time limits, against what the batteries give now (API.md:
/// Forecast). Learned durations are not in it yet: <see cref="Confidence"/> says <c>bounds</c>.</summary>
public sealed record ForecastView(
    double NeededSeconds,
    double? AvailableSeconds,
    double? MarginSeconds,
    string Confidence,
    IReadOnlyList<string> CriticalPath,
    IReadOnlyList<PhaseForecast> Phases,
    IReadOnlyList<string> NotEvaluable
)
{
    public static ForecastView Of(PlanView view)
    {
        var at = 0.0;
        var phases = new List<PhaseForecast>();
        foreach (var phase in view.Model.Definition.Phases)
        {
            var seconds = StepList.BoundSeconds(phase);
            phases.Add(new PhaseForecast(phase.Id, at, at + seconds));
            at += seconds;
        }
        var available = view.At is { } moment
            ? Explanation.Of(view.Model, view.State, moment).EffectiveRuntimeSeconds
            : null;
        return new(
            at,
            available,
            available - at,
            "bounds",
            [.. view.Model.Definition.Phases.Select(p => p.Name)],
            phases,
            available is null ? ["availableSeconds: no UPS reports its runtime"] : []
        );
    }
}

/// <summary>Seconds from the begin of the first phase.</summary>
public sealed record PhaseForecast(string Id, double StartsAt, double EndsAt);
