using System.Globalization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Runs;

/// <summary>What placeholders stand for at the moment when a step is issued (<see cref="Core.Plans.Placeholders"/>). What is
/// not known is null.</summary>
internal static class StepValues
{
    public static IReadOnlyDictionary<string, string?> Of(PlanView view, Effect effect)
    {
        var run = view.State.Run;
        var ups = Weakest(view);
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["plan.name"] = view.Model.Definition.Name,
            ["run.id"] = run?.Id.ToString(CultureInfo.InvariantCulture),
            ["run.kind"] = Word(run?.Kind),
            ["run.cause"] = Word(run?.Cause),
            ["run.reason"] = run?.Reason ?? run?.Because?.ToString(),
            ["run.startedAt"] = Time(run?.StartedAt),
            ["target.name"] = effect.TargetName,
            ["ups.name"] = ups?.Name,
            ["ups.status"] = ups?.Reading.Status is { } status and not UpsStatus.None
                ? status.ToString().Replace(", ", " ", StringComparison.Ordinal)
                : null,
            ["ups.charge"] = Whole(ups?.Reading.BatteryChargePercent),
            ["ups.runtime"] = Whole(ups?.Reading.BatteryRuntimeSeconds),
            ["time.utc"] = Time(view.At.Wall),
        };
    }

    /// <summary>The UPS of the plan with the least left; one that does not tell comes last.</summary>
    private static (string Name, UpsReading Reading)? Weakest(PlanView view) =>
        view
            .Model.Definition.UpsIds.Select(id => (Id: id, view.State.Upses.GetValueOrDefault(id)?.Last))
            .Where(u => u.Last is not null)
            .OrderBy(u => u.Last?.BatteryRuntimeSeconds ?? double.MaxValue)
            .ThenBy(u => u.Last?.BatteryChargePercent ?? double.MaxValue)
            .Select(u =>
                ((string, UpsReading)?)
                    (
                        view.Model.Upses.GetValueOrDefault(u.Id)?.Name
                            ?? string.Create(CultureInfo.InvariantCulture, $"UPS {u.Id}"),
                        u.Last! // not null: just looked
                    )
            )
            .FirstOrDefault();

    private static string? Word<T>(T? value)
        where T : struct, Enum =>
        value is { } known ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) : null;

    private static string? Whole(double? value) => value?.ToString("0", CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
