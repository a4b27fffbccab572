using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>What a recorded device said, and what is known to be wrong of it.</summary>
internal sealed record NutRecording
{
    public required string File { get; init; }
    public required string Driver { get; init; }
    public required Dictionary<string, string> Values { get; init; }

    [JsonPropertyName("status_tokens")]
    public string[] StatusTokens { get; init; } = [];

    /// <summary>Variables that the contributor marked as wrong.</summary>
    [JsonPropertyName("flagged_bad")]
    public Dictionary<string, JsonElement> FlaggedBad { get; init; } = [];

    /// <summary>Variables that a plausibility check of the collection doubts.</summary>
    public Dictionary<string, JsonElement> Suspect { get; init; } = [];

    /// <summary>Where dummy-ups itself says something else than the recording.</summary>
    [JsonPropertyName("dummy_ups_serves_differently")]
    public Dictionary<string, string> ServedDifferently { get; init; } = [];

    /// <summary>The value as it is served; null: not at all.</summary>
    public string? Served(string name) =>
        ServedDifferently.TryGetValue(name, out var other) ? other
        : Values.GetValueOrDefault(name) is { Length: > 0 } value ? value
        : null;

    public bool IsDoubted(string name) => FlaggedBad.ContainsKey(name) || Suspect.ContainsKey(name);
}

/// <summary>Device dumps of people who own those devices.</summary>
internal static class NutRecordings
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Require() => Recordings.Require("nut");

    public static IReadOnlyList<NutRecording> All(string folder)
    {
        using var manifest = System.IO.File.OpenRead(Path.Combine(folder, "manifest.json"));
        return JsonSerializer.Deserialize<NutRecording[]>(manifest, Options) ?? [];
    }
}
