using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>What is told of the channels themselves: once when trouble begins, once when it ends.</summary>
internal static class NotificationEvents
{
    /// <summary>Events of these types never go to the channel that they are about.</summary>
    public const string Prefix = "notifications.";

    public static NewEvent Failing(ChannelEntry channel, string words) =>
        Of(
            "failing",
            Severity.Warning,
            channel,
            $"{channel.Name}: notifications are not delivered, and are tried again: {words}",
            words
        );

    public static NewEvent Working(ChannelEntry channel, int waiting, int givenUp) =>
        Of(
            "working",
            Severity.Info,
            channel,
            $"{channel.Name}: notifications are delivered again"
                + (waiting == 0 ? "" : $"; {waiting} that waited are sent now")
                + (givenUp == 0 ? "." : $"; {givenUp} were given up meanwhile."),
            null
        );

    public static NewEvent GivenUp(ChannelEntry channel, string? words) =>
        Of(
            "givenUp",
            Severity.Warning,
            channel,
            $"{channel.Name}: a notification is given up: {words ?? "no try succeeded within a day"}",
            words
        );

    public static NewEvent Dropped(ChannelEntry channel) =>
        Of(
            "dropped",
            Severity.Warning,
            channel,
            $"{channel.Name}: more than {DeliveryBook.MostWaiting} notifications wait; the oldest that are not critical are dropped.",
            null
        );

    private static NewEvent Of(string type, Severity severity, ChannelEntry channel, string message, string? words) =>
        new(Prefix + type, severity, channel.Name, message) { Data = new { channelId = channel.Id, error = words } };
}
