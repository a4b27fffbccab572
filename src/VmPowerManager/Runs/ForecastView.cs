using System.Text.Json;
using VmPowerManager.Core.Forecasts;

namespace VmPowerManager.Runs;

/// <summary>What a shutdown would take, against what the batteries give now (API.md: Forecast). Seconds from its begin.</summary>
/// <param name="NeededSeconds">Likely, till the target with the least to spare is off.</param>
/// <param name="AvailableSeconds">What its batteries give, less the safety margin.</param>
/// <param name="Confidence"><c>bounds</c>, <c>fewSamples</c> or <c>learned</c>: the weakest on the critical path.</param>
/// <param name="CriticalPath">Names, first to last.</param>
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
    /// <summary>As it usually goes.</summary>
    public double? UsualSeconds { get; init; }

    /// <summary>The target that has the least to spare.</summary>
    public string? Tightest { get; init; }
    public double? SafetyMarginSeconds { get; init; }

    /// <summary>The lowest charge from which it still fits; above 100: it does not.</summary>
    public double? FitsFromChargePercent { get; init; }
    public IReadOnlyList<StepForecast> Steps { get; init; } = [];
    public IReadOnlyList<SensitivityView> Sensitivity { get; init; } = [];

    /// <summary>What shedding load has gained in outages past.</summary>
    public IReadOnlyList<SheddingPayoff> Shedding { get; init; } = [];

    public static ForecastView Of(PlanView view)
    {
        var forecast = Forecast.Of(view.Model, view.State, view.At.Elapsed);
        return new(
            forecast.NeededSeconds,
            forecast.AvailableSeconds,
            forecast.MarginSeconds,
            Name(forecast.Confidence),
            [.. forecast.CriticalPath.Select(i => forecast.Steps[i].Target.Name)],
            [.. forecast.Phases.Select(p => new PhaseForecast(p.Id, p.StartsAt, p.EndsAt) { Critical = p.Critical })],
            [.. NotKnown(forecast)]
        )
        {
            UsualSeconds = forecast.UsualSeconds,
            Tightest = forecast.Tightest,
            SafetyMarginSeconds = view.Model.Definition.SafetyMarginSeconds,
            FitsFromChargePercent = forecast.FitsFromChargePercent,
            Steps = [.. forecast.Steps.Select(StepForecast.Of)],
            Sensitivity =
            [
                .. forecast.Sensitivity.Select(s => new SensitivityView(
                    s.LoadPercent,
                    s.ChargePercent,
                    s.AvailableSeconds,
                    s.MarginSeconds
                )),
            ],
            Shedding = forecast.Shedding,
        };
    }

    private static IEnumerable<string> NotKnown(Forecast forecast)
    {
        if (forecast.AvailableSeconds is null)
            yield return "availableSeconds: no UPS reports its runtime";
        else if (forecast.FitsFromChargePercent is null)
            yield return "fitsFromChargePercent: a UPS does not report its charge";
        foreach (var shed in forecast.Shedding.Where(s => s.GainedSeconds is null))
            yield return $"shedding of {shed.Name}: not measured in an outage yet";
    }

    internal static string Name(Confidence confidence) => JsonNamingPolicy.CamelCase.ConvertName(confidence.ToString());
}

public sealed record PhaseForecast(string Id, double StartsAt, double EndsAt)
{
    /// <summary>A step of it is on the critical path.</summary>
    public bool Critical { get; init; }
}

/// <summary>A step of the timeline.</summary>
public sealed record StepForecast(
    string Phase,
    TargetView Target,
    string Action,
    double StartsAt,
    double EndsAt,
    double UsuallyEndsAt,
    bool Critical,
    string Confidence
)
{
    public static StepForecast Of(ForecastStep step) =>
        new(
            step.Phase,
            TargetView.Of(step.Target),
            JsonNamingPolicy.CamelCase.ConvertName(step.Action.ToString()),
            step.StartsAt,
            step.EndsAt,
            step.UsuallyEndsAt,
            step.Critical,
            ForecastView.Name(step.Confidence)
        );
}

/// <summary>What would be with another load, in percent of the present one, or another charge at the begin.</summary>
public sealed record SensitivityView(
    double? LoadPercent,
    double? StartingChargePercent,
    double? AvailableSeconds,
    double? MarginSeconds
);
