using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>A channel as shown.</summary>
/// <param name="Target">Where its messages go, in words.</param>
/// <param name="Block">Its settings as the API answers them; null where they cannot be read.</param>
/// <param name="Unusable">Why it cannot be used at all, or null.</param>
public sealed record ChannelView(
    int Id,
    string Name,
    string Kind,
    bool Enabled,
    string Target,
    JsonObject? Block,
    string? Unusable,
    ChannelStatus Status
)
{
    /// <summary>The block stands under the name of its kind, as in a POST.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["name"] = Name,
            ["kind"] = Kind,
            ["enabled"] = Enabled,
            ["target"] = Target,
            [Kind] = Block?.DeepClone(),
            ["unusable"] = Unusable,
            ["status"] = JsonSerializer.SerializeToNode(Status, Core.Json.Options),
        };
}

/// <summary>How a channel does.</summary>
/// <param name="State"><c>disabled</c>, <c>failing</c>, <c>ok</c>, or <c>unknown</c> before anything was sent.</param>
/// <param name="Waiting">Messages that are not delivered yet.</param>
public sealed record ChannelStatus(
    string State,
    int Waiting,
    DateTimeOffset? FailingSince,
    string? LastError,
    DateTimeOffset? LastDeliveredAt
);

/// <summary>A subscription as shown.</summary>
public sealed record SubscriptionView(int Id, int ChannelId, string EventType, Severity MinimumSeverity);

/// <summary>A message as shown.</summary>
public sealed record DeliveryView(
    long Id,
    int ChannelId,
    string? Channel,
    long EventSequence,
    string EventType,
    Severity Severity,
    string Source,
    string Title,
    DeliveryState State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? NextTryAt,
    DateTimeOffset? DeliveredAt,
    string? LastError,
    string? Answer
)
{
    internal static DeliveryView Of(Delivery d, string? channel) =>
        new(
            d.Id,
            d.ChannelId,
            channel,
            d.EventSequence,
            d.EventType,
            d.Severity,
            d.Source,
            d.Content.Title,
            d.State,
            d.Attempts,
            d.CreatedAt,
            d.LastAttemptAt,
            d.NextTryAt,
            d.DeliveredAt,
            d.LastError,
            d.Answer
        );
}

/// <summary>Which messages are wanted; null asks for all.</summary>
public sealed record DeliveryFilter(int? ChannelId = null, DeliveryState? State = null);

/// <summary>What a test came to: the peer's own words.</summary>
public sealed record ChannelTestResult(bool Ok, string Answer);
