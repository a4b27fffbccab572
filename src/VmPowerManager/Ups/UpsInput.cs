using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>What a person sent to create or change a UPS, checked (API.md: UPSes).</summary>
internal sealed record UpsInput
{
    public const int LongestName = 100;
    public const int LongestNotes = 4000;
    private const int LongestSecret = 1000;

    public required string Name { get; init; }
    public required IUpsDriver Driver { get; init; }
    public bool Enabled { get; init; }
    public double PollSeconds { get; init; }
    public double ConfirmSeconds { get; init; }
    public double DeadSeconds { get; init; }
    public double OffSeconds { get; init; }
    public string? ServedBy { get; init; }
    public string? Circuit { get; init; }
    public double? NominalVoltage { get; init; }
    public DateTimeOffset? BatteryReplacedAt { get; init; }
    public double? BatteryLifeYears { get; init; }
    public string? Notes { get; init; }

    /// <summary>The driver's block, normalised.</summary>
    public JsonElement Settings { get; init; }

    /// <summary>Secrets that were sent, by their API names; "" clears. Those left out or null are not in it.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <exception cref="InvalidInputException">Every field that is wrong, by name.</exception>
    public static UpsInput Parse(JsonElement body, UpsDrivers drivers)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("", "The body must be a JSON object.");
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var name = fields.RequiredText("name", LongestName);
        var driver = drivers.Find(fields.RequiredText("driver", 50));
        if (driver is null)
        {
            errors.Add("driver", $"Must be one of: {string.Join(", ", drivers.Ids)}.");
            errors.ThrowIfAny();
        }
        var usual = new UpsPolicy { UpsId = 0, Name = name };
        var input = new UpsInput
        {
            Name = name,
            // ThrowIfAny has thrown where it is null.
            Driver = driver!,
            Enabled = fields.Flag("enabled", usual.Enabled),
            PollSeconds = fields.Number("pollSeconds", 0.2, 3600) ?? driver!.Traits.DefaultPollSeconds,
            ConfirmSeconds = fields.Number("confirmSeconds", 0, 3600) ?? usual.ConfirmSeconds,
            DeadSeconds = fields.Number("deadSeconds", 1, 86400) ?? usual.DeadSeconds,
            OffSeconds = fields.Number("offSeconds", 0, 86400) ?? usual.OffSeconds,
            ServedBy = fields.Text("servedBy", LongestName),
            Circuit = fields.Text("circuit", LongestName),
            NominalVoltage = fields.Number("nominalVoltage", 1, 1000),
            BatteryReplacedAt = fields.Time("batteryReplacedAt"),
            BatteryLifeYears = fields.Number("batteryLifeYears", 0.5, 30),
            Notes = fields.Text("notes", LongestNotes),
            Settings = Block(fields, driver!, errors),
            Secrets = SentSecrets(fields, driver!, errors),
        };
        errors.ThrowIfAny();
        return input;
    }

    /// <summary>A body that only says where a server is, with what is not needed to ask it filled in.</summary>
    public static JsonElement ForListing(JsonElement body, UpsDrivers drivers)
    {
        if (body.ValueKind != JsonValueKind.Object || JsonObject.Create(body) is not { } fields)
            return body;
        const string any = "any";
        fields["name"] = any;
        if (
            Text(fields["driver"]) is { } id
            && drivers.Find(id) is IUpsListing listing
            && fields[id] is JsonObject block
        )
            block[listing.ListedKey] = any;
        return JsonSerializer.SerializeToElement(fields, Json.Options);
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonElement Block(JsonFields fields, IUpsDriver driver, FieldErrors errors)
    {
        if (fields.Find(driver.Id) is { ValueKind: JsonValueKind.Object } block)
            return driver.Normalise(block, errors);
        errors.Add(driver.Id, "Is required.");
        return default;
    }

    private static Dictionary<string, string> SentSecrets(JsonFields fields, IUpsDriver driver, FieldErrors errors)
    {
        var sent = new Dictionary<string, string>(StringComparer.Ordinal);
        if (fields.Find(driver.Id) is not { ValueKind: JsonValueKind.Object } block)
            return sent;
        var inBlock = new JsonFields(block, driver.Id, errors);
        foreach (var name in driver.Traits.Secrets)
        {
            if (inBlock.Find(name) is not { } value)
                continue;
            // Not trimmed: blanks may belong to a secret.
            if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestSecret } secret)
                sent[inBlock.Path(name)] = secret;
            else
                errors.Add(inBlock.Path(name), $"Must be a text of at most {LongestSecret} characters.");
        }
        return sent;
    }
}
