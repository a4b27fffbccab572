using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Canaries;

/// <summary>What a person sent to create or change a canary, checked (API.md: Canaries).</summary>
internal static class CanaryInput
{
    public const int LongestName = 100;
    public const int LongestAddress = 255;

    /// <summary>Slower than this, its word comes too late to bear witness (A9).</summary>
    private const double SlowestPollSeconds = 10;

    /// <exception cref="InvalidInputException">Every field that is wrong, by name.</exception>
    public static Canary Parse(int id, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("", "The body must be a JSON object.");
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var usual = new Canary
        {
            Id = id,
            Name = "",
            Address = "",
        };
        var canary = usual with
        {
            Name = fields.RequiredText("name", LongestName),
            Address = fields.RequiredText("address", LongestAddress),
            Method = fields.Choice("method", usual.Method, Canary.Ping, Canary.Tcp),
            Port = (int?)fields.Number("port", 1, 65535),
            PollSeconds = fields.Number("pollSeconds", 0.5, SlowestPollSeconds) ?? usual.PollSeconds,
            Enabled = fields.Flag("enabled", usual.Enabled),
            UpsIds = Ids(fields, errors),
        };
        if (canary.Address.Length > 0 && Uri.CheckHostName(canary.Address.Trim('[', ']')) == UriHostNameType.Unknown)
            errors.Add("address", "A host name or an IP address: lamp.lan, 192.0.2.7.");
        if (canary is { Method: Canary.Tcp, Port: null })
            errors.Add("port", "Say which port is to be tried.");
        errors.ThrowIfAny();
        return canary.Method == Canary.Tcp ? canary : canary with { Port = null };
    }

    private static int[] Ids(JsonFields fields, FieldErrors errors)
    {
        if (fields.Find("upsIds") is not { } value)
            return [];
        if (
            value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out _))
        )
            return [.. value.EnumerateArray().Select(e => e.GetInt32()).Distinct().Order()];
        errors.Add("upsIds", "Must be a list of ids of UPSes.");
        return [];
    }
}
