using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>A UPS as configured, with its reading: what the API answers, and what pages show and edit.</summary>
public sealed record UpsView
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public bool Enabled { get; init; }
    public double PollSeconds { get; init; }
    public double ConfirmSeconds { get; init; }
    public double DeadSeconds { get; init; }
    public double OffSeconds { get; init; }

    /// <summary>The target that runs this UPS's server, by name (A10).</summary>
    public string? ServedBy { get; init; }

    /// <summary>UPSes of one circuit lose mains together (A9).</summary>
    public string? Circuit { get; init; }
    public double? NominalVoltage { get; init; }
    public DateTimeOffset? BatteryReplacedAt { get; init; }
    public double? BatteryLifeYears { get; init; }
    public string? Notes { get; init; }

    /// <summary>Read from the program's own simulator.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Its name in the simulator.</summary>
    [JsonIgnore]
    public string? SimulatedDevice { get; init; }

    /// <summary>Null before the first poll.</summary>
    public UpsReadingView? Reading { get; init; }

    /// <summary>One key, the driver's id: its block, with <c>hasPassword</c> in place of <c>password</c>; null where it
    /// cannot be read, so that a person may still see the UPS and enter it again.</summary>
    [JsonExtensionData] // a JsonObject would be written here with its braces but without its name
    public Dictionary<string, object?> Block { get; init; } = [];

    /// <summary>The driver's settings; null where they cannot be read.</summary>
    [JsonIgnore]
    public JsonObject? Settings => Block.GetValueOrDefault(Driver) as JsonObject;

    internal static UpsView Of(UpsRow row, IUpsDriver? driver, SecretBox box, UpsReadingView? reading) =>
        new()
        {
            Id = row.Id,
            Name = row.Name,
            Driver = row.Driver,
            Enabled = row.Enabled,
            PollSeconds = row.PollSeconds,
            ConfirmSeconds = row.ConfirmSeconds,
            DeadSeconds = row.DeadSeconds,
            OffSeconds = row.OffSeconds,
            ServedBy = row.ServedBy,
            Circuit = row.Circuit,
            NominalVoltage = row.NominalVoltage,
            BatteryReplacedAt = row.BatteryReplacedAt,
            BatteryLifeYears = row.BatteryLifeYears,
            Notes = row.Notes,
            IsSimulated = row.SimulatedDevice is not null,
            SimulatedDevice = row.SimulatedDevice,
            Reading = reading,
            Block = { [row.Driver] = BlockOf(row, driver, box) },
        };

    /// <summary>The key that says whether a secret is stored: <c>password</c>: <c>hasPassword</c>.</summary>
    public static string HasKey(string secret) => $"has{char.ToUpperInvariant(secret[0])}{secret[1..]}";

    private static JsonNode? BlockOf(UpsRow row, IUpsDriver? driver, SecretBox box)
    {
        JsonNode? block;
        try
        {
            block = JsonNode.Parse(row.Settings);
        }
        catch (JsonException)
        {
            return null;
        }
        var secrets = UpsSecrets.TryOpen(row, box);
        foreach (var name in driver?.Traits.Secrets ?? [])
        {
            if (block is JsonObject fields)
                fields[HasKey(name)] = secrets?.ContainsKey($"{row.Driver}.{name}") ?? row.Secrets is not null;
        }
        return block;
    }
}
