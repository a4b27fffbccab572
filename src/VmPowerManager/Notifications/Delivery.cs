using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>A message on its way to a channel. Immutable: every step is a new one.</summary>
internal sealed record Delivery
{
    public required long Id { get; init; }
    public required int ChannelId { get; init; }
    public required long EventSequence { get; init; }
    public required string EventType { get; init; }
    public required string Source { get; init; }
    public required Severity Severity { get; init; }
    public required Notification Content { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DeliveryState State { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset? LastAttemptAt { get; init; }
    public DateTimeOffset? NextTryAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public string? LastError { get; init; }
    public string? Answer { get; init; }

    /// <summary>Since when this process tries, by the monotonic clock: a clock that is set right after an outage must not
    /// make a message a day old. Not stored: a restart begins the day anew.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>Not to be tried before, by the monotonic clock.</summary>
    public TimeSpan NotBefore { get; init; }

    /// <summary>Nothing is to be done for it.</summary>
    public bool Over => State is DeliveryState.Delivered or DeliveryState.GivenUp;
}
