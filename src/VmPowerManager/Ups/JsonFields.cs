using System.Globalization;
using System.Text.Json;

namespace VmPowerManager.Ups;

/// <summary>Reads the fields of one JSON object. A missing or null field gives the default; a wrong one adds an error under
/// its full name and gives the default too.</summary>
public sealed class JsonFields(JsonElement json, string prefix, FieldErrors errors)
{
    public string Path(string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    public JsonElement? Find(string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value;
    }

    /// <summary>Trimmed; empty counts as missing.</summary>
    public string? Text(string name, int longest)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Wrong<string>(name, "Must be a text.");
        var text = value.GetString()?.Trim() ?? "";
        if (text.Length > longest)
            return Wrong<string>(name, $"Must not be longer than {longest} characters.");
        return text.Length == 0 ? null : text;
    }

    public string RequiredText(string name, int longest)
    {
        if (
            Find(name) is not { } value
            || (value.ValueKind == JsonValueKind.String && value.GetString()?.Trim().Length == 0)
        )
        {
            errors.Add(Path(name), "Is required.");
            return "";
        }
        return Text(name, longest) ?? "";
    }

    public double? Number(string name, double least, double most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            if (number >= least && number <= most)
                return number;
        }
        errors.Add(
            Path(name),
            string.Create(CultureInfo.InvariantCulture, $"Must be a number from {least} to {most}.")
        );
        return null;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Find(name) is not { } value)
            return otherwise;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        errors.Add(Path(name), "Must be true or false.");
        return otherwise;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (
            value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                value.GetString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
        )
            return time;
        errors.Add(Path(name), "Must be a date or a time in ISO 8601.");
        return null;
    }

    /// <summary>One of <paramref name="choices"/>, exactly as written.</summary>
    public string Choice(string name, string otherwise, params ReadOnlySpan<string> choices)
    {
        if (Find(name) is not { } value)
            return otherwise;
        if (value.ValueKind == JsonValueKind.String && choices.Contains(value.GetString()))
            return value.GetString() ?? otherwise;
        errors.Add(Path(name), $"Must be one of: {string.Join(", ", choices.ToArray())}.");
        return otherwise;
    }

    private T? Wrong<T>(string name, string message)
        where T : class
    {
        errors.Add(Path(name), message);
        return null;
    }
}
