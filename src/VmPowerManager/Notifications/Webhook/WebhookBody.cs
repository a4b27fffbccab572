using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications.Webhook;

/// <summary>What a receiver gets (docs/notifications.md). Fields are only ever added.</summary>
internal sealed record WebhookBody(
    string Id,
    string Title,
    string Text,
    string Severity,
    DateTimeOffset At,
    string? Link,
    bool Test,
    JsonElement? Event
)
{
    public static byte[] Of(Notification what) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new WebhookBody(
                what.Key,
                what.Title,
                what.Text(),
                what.Severity,
                what.At,
                what.Link,
                what.Test,
                what.Event
            ),
            Json.Options
        );
}
