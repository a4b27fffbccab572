using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VmPowerManager.Notifications;

/// <summary>The values of an event as lines for people: with a name, a unit, and nothing that is not known.</summary>
internal static class NotificationFacts
{
    private const int Most = 20;
    private const int Longest = 500;

    /// <summary>Known values, how they are called and written.</summary>
    private static readonly Dictionary<string, (string Name, Func<double, string> Write)> Known = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["batteryChargePercent"] = ("Battery charge", v => $"{Number(v)} %"),
        ["batteryRuntimeSeconds"] = ("Runtime", Duration),
        ["inputVoltage"] = ("Input voltage", v => $"{Number(v)} V"),
        ["loadPercent"] = ("Load", v => $"{Number(v)} %"),
        ["onBatterySeconds"] = ("On battery for", Duration),
    };

    /// <summary>Of no use in a message, or ids that only the program knows.</summary>
    private static readonly HashSet<string> Left = new(StringComparer.OrdinalIgnoreCase)
    {
        "onBatteryReadings",
        "confirmSeconds",
        "deadSeconds",
    };

    public static IEnumerable<NotificationFact> Of(JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.Object } values)
            return [];
        return values
            .EnumerateObject()
            .Where(v => !Left.Contains(v.Name) && !v.Name.EndsWith("Id", StringComparison.OrdinalIgnoreCase))
            .Select(Fact)
            .OfType<NotificationFact>()
            .Take(Most);
    }

    /// <summary>At most one decimal.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary><c>45 s</c>, <c>12 min 30 s</c>, <c>1 h 4 min</c>.</summary>
    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Clamp(Math.Round(seconds), 0, TimeSpan.MaxValue.TotalSeconds / 2));
        return time switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes} min"),
        };
    }

    private static NotificationFact? Fact(JsonProperty value) =>
        value.Value.ValueKind switch
        {
            JsonValueKind.Number when Known.TryGetValue(value.Name, out var known) => new(
                known.Name,
                known.Write(value.Value.GetDouble())
            ),
            JsonValueKind.String
            or JsonValueKind.Number
            or JsonValueKind.True
            or JsonValueKind.False when value.Value.ToString() is { Length: > 0 } text => new(
                Words(value.Name),
                Cut(text)
            ),
            JsonValueKind.Array when List(value.Value) is { Length: > 0 } text => new(Words(value.Name), Cut(text)),
            _ => null,
        };

    private static string List(JsonElement list) =>
        list.EnumerateArray().All(i => i.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            ? string.Join(' ', list.EnumerateArray().Select(i => i.ToString()))
            : "";

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest] + "…";

    /// <summary><c>criticalBecause</c>: Critical because.</summary>
    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var c in name)
            words.Append(char.IsUpper(c) && words.Length > 0 ? $" {char.ToLowerInvariant(c)}" : c);
        return words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words.ToString(1, words.Length - 1);
    }
}
