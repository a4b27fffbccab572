using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Ups;

namespace VmPowerManager.Notifications;

/// <summary>What a person sent to create or change a channel, checked.</summary>
internal sealed record ChannelInput
{
    public const int LongestName = 100;
    private const int LongestSecret = 4000;

    public required string Name { get; init; }
    public required INotificationChannel Kind { get; init; }
    public required bool Enabled { get; init; }
    public required ChannelBlock Block { get; init; }

    /// <summary>For a new channel; null: the usual ones.</summary>
    public IReadOnlyList<SubscriptionInput>? Subscriptions { get; init; }

    /// <exception cref="InvalidInputException">Every field that is wrong, by name.</exception>
    public static ChannelInput Parse(JsonElement body, ChannelKinds kinds)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("", "The body must be a JSON object.");
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var name = fields.RequiredText("name", LongestName);
        if (name.Any(char.IsControl))
            errors.Add("name", "Must not hold control characters.");
        var kind = kinds.Find(fields.RequiredText("kind", 50));
        if (kind is null)
        {
            errors.Add("kind", $"Must be one of: {string.Join(", ", kinds.Ids)}.");
            errors.ThrowIfAny();
        }
        var input = new ChannelInput
        {
            Name = name,
            // ThrowIfAny has thrown where it is null.
            Kind = kind!,
            Enabled = fields.Flag("enabled", true),
            Block = ReadBlock(fields, kind!, errors),
            Subscriptions = ReadSubscriptions(fields, errors),
        };
        errors.ThrowIfAny();
        return input;
    }

    private static ChannelBlock ReadBlock(JsonFields fields, INotificationChannel kind, FieldErrors errors)
    {
        var none = new ChannelBlock(default, new Dictionary<string, string?>());
        if (fields.Find(kind.Kind) is not { ValueKind: JsonValueKind.Object } entered)
        {
            errors.Add(kind.Kind, "Is required.");
            return none;
        }
        try
        {
            var block = kind.Parse(entered, (field, message) => errors.Add($"{kind.Kind}.{field}", message));
            foreach (var (name, _) in block.Secrets.Where(s => s.Value?.Length > LongestSecret))
                errors.Add($"{kind.Kind}.{name}", $"Must not be longer than {LongestSecret} characters.");
            return block;
        }
        catch (InvalidInputException e)
        {
            foreach (var (field, messages) in e.Errors)
            foreach (var message in messages)
                errors.Add(field, message);
            return none;
        }
    }

    private static List<SubscriptionInput>? ReadSubscriptions(JsonFields fields, FieldErrors errors)
    {
        if (fields.Find("subscriptions") is not { } list)
            return null;
        if (list.ValueKind == JsonValueKind.Array)
            return
            [
                .. list.EnumerateArray()
                    .Select((item, i) => SubscriptionInput.Parse(item, $"subscriptions[{i}]", errors))
                    .DistinctBy(s => s.EventType),
            ];
        errors.Add("subscriptions", "Must be a list.");
        return null;
    }
}

/// <summary>What a person sent as a subscription, checked.</summary>
internal sealed record SubscriptionInput(string EventType, Severity MinimumSeverity)
{
    private static readonly string[] Severities = [.. Enum.GetNames<Severity>().Select(Name)];

    public static SubscriptionInput Parse(JsonElement body, string prefix, FieldErrors errors)
    {
        var fields = new JsonFields(body, prefix, errors);
        var type = fields.RequiredText("eventType", EventPattern.Longest);
        if (type.Length > 0 && EventPattern.Problem(type) is { } problem)
            errors.Add(fields.Path("eventType"), problem);
        var severity = fields.Choice("minimumSeverity", Severities[0], Severities);
        return new SubscriptionInput(type, Enum.Parse<Severity>(severity, ignoreCase: true));
    }

    private static string Name(string severity) => JsonNamingPolicy.CamelCase.ConvertName(severity);
}
