using System.Collections.Immutable;
using VmPowerManager.Components;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups.Pages;

/// <summary>Disturbances in plain words; keys of <see cref="Strings"/>. Pure.</summary>
public static class QualityWords
{
    public static string Kind(InputEventKind kind) =>
        kind switch
        {
            InputEventKind.Outage => "Outage",
            InputEventKind.Transfer => "Short time on battery",
            InputEventKind.Sag => "Voltage too low",
            InputEventKind.Swell => "Voltage too high",
            InputEventKind.Frequency => "Frequency off",
            InputEventKind.Boost => "Voltage raised",
            InputEventKind.Trim => "Voltage lowered",
            _ => "On bypass",
        };

    /// <summary>Gravest first.</summary>
    public static readonly ImmutableArray<InputEventKind> Order =
    [
        InputEventKind.Outage,
        InputEventKind.Transfer,
        InputEventKind.Bypass,
        InputEventKind.Sag,
        InputEventKind.Swell,
        InputEventKind.Frequency,
        InputEventKind.Boost,
        InputEventKind.Trim,
    ];

    public static Condition Condition(InputEventKind kind) =>
        kind switch
        {
            InputEventKind.Outage => Components.Condition.Critical,
            InputEventKind.Boost or InputEventKind.Trim => Components.Condition.Normal,
            _ => Components.Condition.Attention,
        };
}
