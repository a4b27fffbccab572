using VmPowerManager.Components;

namespace VmPowerManager.Notifications;

/// <summary>Tells screens that channels, subscriptions or messages changed; they ask again what they show.</summary>
internal sealed class NotificationScreens
{
    public Live<long> Changes { get; } = new(0);

    public void Touch() => Changes.Update(n => n + 1);
}
