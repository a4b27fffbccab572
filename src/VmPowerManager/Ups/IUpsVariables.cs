using System.Globalization;
using System.Text.Json.Serialization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>What a session can do besides reading where its device has settings that may be written: delays, thresholds,
/// names.</summary>
public interface IUpsVariables
{
    /// <summary>The variables that may be set now, with what they hold and may hold.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<IReadOnlyList<UpsWritable>> WritableAsync(CancellationToken ct);

    /// <summary>Sets one. <see cref="UpsCommandOutcome.Accepted"/> proves nothing about the device.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<UpsCommandOutcome> SetAsync(string name, string value, CancellationToken ct);
}

public enum UpsWritableKind
{
    Text,
    Number,
    Choice,
}

/// <summary>From one bound to the other, both allowed.</summary>
public sealed record UpsBounds(double Least, double Most);

/// <summary>A variable that may be set.</summary>
/// <param name="Name">In NUT's words: <c>ups.delay.shutdown</c>.</param>
/// <param name="Value">As the device says it now.</param>
public sealed record UpsWritable(string Name, string Value)
{
    public const int LongestValue = 200;

    /// <summary>What it means, in the peer's words; null where it has none.</summary>
    public string? Description { get; init; }
    public UpsWritableKind Kind { get; init; }

    /// <summary>For a choice: the only values that it may have.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>For a number: it must lie in one of them; none says nothing.</summary>
    public IReadOnlyList<UpsBounds> Bounds { get; init; } = [];

    /// <summary>For a text, in characters.</summary>
    public int MaxLength { get; init; } = LongestValue;

    /// <summary>What it holds, where that is a number.</summary>
    [JsonIgnore]
    public double? Number => NumberOf(Value);

    /// <summary>Why it cannot be <paramref name="value"/>, or null. Texts are keys of the localised strings.</summary>
    public string? Against(string value) =>
        value.Any(char.IsControl) ? "Must be a text in one line."
        : value.Length > MaxLength ? "Is too long."
        : Kind switch
        {
            UpsWritableKind.Choice => Choices.Contains(value, StringComparer.Ordinal)
                ? null
                : "Must be one of the values that the device offers.",
            UpsWritableKind.Number => NumberOf(value) is not { } number ? "Must be a number."
            : Bounds.Count == 0 || Bounds.Any(b => number >= b.Least && number <= b.Most) ? null
            : "Must lie in the range that the device allows.",
            _ => null,
        };

    internal static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;
}
