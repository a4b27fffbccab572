using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Pages;

/// <summary>What a person has entered about a UPS so far; knows how to be the API's object. Empty numbers mean the default.</summary>
public sealed class UpsDraft
{
    /// <summary>The settings block as stored: keys that no field shows stay as they are.</summary>
    private JsonObject _stored = [];

    public string? Name { get; set; }
    public string Driver { get; private set; } = "";
    public bool Enabled { get; set; } = true;
    public double? PollSeconds { get; set; }
    public double? ConfirmSeconds { get; set; }
    public double? DeadSeconds { get; set; }
    public double? OffSeconds { get; set; }
    public double? NominalVoltage { get; set; }
    public string? ServedBy { get; set; }
    public string? Circuit { get; set; }

    /// <summary>A date as browsers write it: <c>2026-01-31</c>.</summary>
    public string? BatteryReplacedOn { get; set; }
    public double? BatteryLifeYears { get; set; }
    public string? Notes { get; set; }

    /// <summary>What is entered in the driver's fields, by key.</summary>
    public Dictionary<string, string?> Values { get; } = [];

    /// <summary>Secrets that are stored and stay unless others are entered.</summary>
    public HashSet<string> Stored { get; } = [];

    /// <summary>Stored secrets that shall go.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <summary>Begins anew with another driver; what was entered elsewhere stays.</summary>
    public void Choose(string driver, UpsDriverTraits traits)
    {
        Driver = driver;
        _stored = [];
        Values.Clear();
        Stored.Clear();
        Removed.Clear();
        foreach (var field in traits.Fields)
            Values[field.Key] = field.Default;
    }

    /// <summary>A device that was found: everything that leads to it is entered.</summary>
    public static UpsDraft Of(string driver, UpsDriverTraits traits, string name, JsonObject settings)
    {
        var draft = new UpsDraft { Name = name };
        draft.Choose(driver, traits);
        draft._stored = settings.DeepClone().AsObject();
        foreach (var field in traits.Fields)
            draft.Values[field.Key] = settings[field.Key]?.ToString() ?? field.Default;
        return draft;
    }

    public static UpsDraft Of(UpsView ups, UpsDriverTraits traits)
    {
        var draft = new UpsDraft
        {
            Name = ups.Name,
            Driver = ups.Driver,
            Enabled = ups.Enabled,
            PollSeconds = ups.PollSeconds,
            ConfirmSeconds = ups.ConfirmSeconds,
            DeadSeconds = ups.DeadSeconds,
            OffSeconds = ups.OffSeconds,
            NominalVoltage = ups.NominalVoltage,
            ServedBy = ups.ServedBy,
            Circuit = ups.Circuit,
            BatteryReplacedOn = ups.BatteryReplacedAt?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            BatteryLifeYears = ups.BatteryLifeYears,
            Notes = ups.Notes,
            _stored = ups.Settings ?? [],
        };
        foreach (var field in traits.Fields)
        {
            if (field.Kind != UpsFieldKind.Secret)
                draft.Values[field.Key] = ups.Settings is null ? field.Default : ups.Settings[field.Key]?.ToString();
            else if (ups.Settings?[UpsView.HasKey(field.Key)]?.GetValueKind() == JsonValueKind.True)
                draft.Stored.Add(field.Key);
        }
        return draft;
    }

    /// <summary>Whether a field is asked for now.</summary>
    public bool Asks(UpsField field) =>
        (field.OnlyWhere is not { } only || Values.GetValueOrDefault(only.Key) == only.Value)
        && (field.NotWhere is not { } not || Values.GetValueOrDefault(not.Key) != not.Value);

    /// <summary>What decides whether the device answers: a test is good for this and nothing else.</summary>
    public string Address(UpsDriverTraits traits) => Block(traits).ToJsonString();

    /// <summary>The API's object (API.md: UPSes).</summary>
    public JsonElement Body(UpsDriverTraits traits) => JsonSerializer.SerializeToElement(Object(traits), Json.Options);

    /// <summary>The same for a test: it needs no name yet, and an id to find stored secrets by.</summary>
    public JsonElement TestBody(UpsDriverTraits traits, int? id)
    {
        var body = Object(traits);
        body["id"] = id;
        if (string.IsNullOrWhiteSpace(Name))
            body["name"] = "test";
        return JsonSerializer.SerializeToElement(body, Json.Options);
    }

    private JsonObject Object(UpsDriverTraits traits) =>
        new()
        {
            ["name"] = Name,
            ["driver"] = Driver,
            ["enabled"] = Enabled,
            ["pollSeconds"] = PollSeconds,
            ["confirmSeconds"] = ConfirmSeconds,
            ["deadSeconds"] = DeadSeconds,
            ["offSeconds"] = OffSeconds,
            ["servedBy"] = ServedBy,
            ["circuit"] = Circuit,
            ["nominalVoltage"] = NominalVoltage,
            ["batteryReplacedAt"] = string.IsNullOrEmpty(BatteryReplacedOn) ? null : BatteryReplacedOn,
            ["batteryLifeYears"] = BatteryLifeYears,
            ["notes"] = Notes,
            [Driver] = Block(traits),
        };

    private JsonObject Block(UpsDriverTraits traits)
    {
        var block = _stored.DeepClone().AsObject();
        foreach (var field in traits.Fields)
            block[field.Key] = Value(field, Values.GetValueOrDefault(field.Key));
        return block;
    }

    /// <summary>A secret: null keeps, empty clears. A number that is none goes as text, so that the check names the field.</summary>
    private JsonValue? Value(UpsField field, string? entered)
    {
        if (string.IsNullOrEmpty(entered))
            return field.Kind == UpsFieldKind.Secret && Removed.Contains(field.Key) ? JsonValue.Create("") : null;
        var isNumber = double.TryParse(entered, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return field.Kind == UpsFieldKind.Number && isNumber ? JsonValue.Create(number) : JsonValue.Create(entered);
    }
}
