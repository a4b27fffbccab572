using System.Globalization;
using System.Text.RegularExpressions;

namespace VmPowerManager.Plans.Pages;

/// <summary>A field of a plan as Core names it (<c>phases[0].steps[1].target</c>), and the element of the editor that shows
/// it. Pure.</summary>
public static partial class PlanPath
{
    public static string OfPhase(int phase) => string.Create(CultureInfo.InvariantCulture, $"phases[{phase}]");

    public static string OfTrigger(int phase) => $"{OfPhase(phase)}.trigger";

    public static string OfStep(StepPlace at) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(at.InStartup ? "startup." : "")}phases[{at.Phase}].steps[{at.Step}]"
        );

    /// <summary>The phase that a field belongs to, or null.</summary>
    public static int? Phase(string field) =>
        PhaseIndex().Match(field) is { Success: true } m
            ? int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    /// <summary>The step that a field belongs to, or null.</summary>
    public static StepPlace? Step(string field) =>
        StepIndex().Match(field) is { Success: true } m
            ? new StepPlace(
                int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture),
                int.Parse(m.Groups[3].Value, CultureInfo.InvariantCulture),
                m.Groups[1].Success
            )
            : null;

    /// <summary>The field itself, or something within it.</summary>
    public static bool IsWithin(string field, string around) =>
        field.StartsWith(around, StringComparison.Ordinal)
        && (field.Length == around.Length || field[around.Length] is '.' or '[');

    /// <summary>The id of the element to go to.</summary>
    public static string Anchor(string field)
    {
        if (Step(field) is { } step)
            return StepAnchor(step);
        if (Phase(field) is { } phase)
            return PhaseAnchor(phase);
        return field.Split('.', '[')[0] switch
        {
            "startup" => StartupAnchor,
            "phases" or "pointOfNoReturnPhase" => "plan-phases",
            "dependencies" => "plan-dependencies",
            "schedule" or "maintenance" => "plan-schedule",
            _ => "plan-sources",
        };
    }

    public const string StartupAnchor = "plan-startup";

    public static string PhaseAnchor(int phase) => string.Create(CultureInfo.InvariantCulture, $"plan-phase-{phase}");

    public static string StepAnchor(StepPlace at) =>
        string.Create(CultureInfo.InvariantCulture, $"plan-{(at.InStartup ? "start" : "step")}-{at.Phase}-{at.Step}");

    /// <summary>Every path in a message, by what a person calls it.</summary>
    public static string Worded(string text, Func<StepPlace, string> step) =>
        StepPath().Replace(text, m => Step(m.Value) is { } at ? step(at) : m.Value);

    [GeneratedRegex(@"^phases\[(\d{1,6})\]")]
    private static partial Regex PhaseIndex();

    [GeneratedRegex(@"^(startup\.)?phases\[(\d{1,6})\]\.steps\[(\d{1,6})\]")]
    private static partial Regex StepIndex();

    [GeneratedRegex(@"(startup\.)?phases\[\d{1,6}\]\.steps\[\d{1,6}\]")]
    private static partial Regex StepPath();
}
