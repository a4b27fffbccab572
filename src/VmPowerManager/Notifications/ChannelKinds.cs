namespace VmPowerManager.Notifications;

/// <summary>The registered kinds of channel.</summary>
internal sealed class ChannelKinds(IEnumerable<INotificationChannel> channels)
{
    private readonly Dictionary<string, INotificationChannel> _kinds = channels.ToDictionary(
        c => c.Kind,
        StringComparer.Ordinal
    );

    public IReadOnlyCollection<string> Ids => _kinds.Keys;
    public IReadOnlyCollection<INotificationChannel> All => _kinds.Values;

    public INotificationChannel? Find(string kind) => _kinds.GetValueOrDefault(kind);
}
