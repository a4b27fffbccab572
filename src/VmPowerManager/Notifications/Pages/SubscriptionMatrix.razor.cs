using System.Text.Json;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using Severity = VmPowerManager.Events.Severity;

namespace VmPowerManager.Notifications.Pages;

/// <summary>Groups of events against channels.</summary>
public sealed partial class SubscriptionMatrix : LiveComponent
{
    private readonly Attempt _saving = new();
    private string? _type;
    private Severity _severity;
    private int? _channel;

    /// <summary>A box that was refused would stay as it was clicked: it is drawn anew as it is.</summary>
    private int _refused;

    [Parameter, EditorRequired]
    public IReadOnlyList<ChannelView> Channels { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<SubscriptionView> Subscriptions { get; set; } = [];

    private bool MayConfigure => Access.Allows(Actor, Role.Administrator);

    private IEnumerable<SubscriptionView> Own =>
        Subscriptions.Where(s => !EventGroups.All.Any(g => g.Patterns.Contains(s.EventType)));

    /// <summary>All of the group, nothing of it, or a part: null.</summary>
    private bool? StateOf(ChannelView channel, EventGroup group)
    {
        var there = Subscriptions.Count(s => s.ChannelId == channel.Id && group.Patterns.Contains(s.EventType));
        return there == 0 ? false
            : there == group.Patterns.Count ? true
            : null;
    }

    private async Task SetAsync(ChannelView channel, EventGroup group, bool on)
    {
        if (!await RunAsync(() => Commands.SetGroupAsync(Actor, channel.Id, group.Id, on, CancellationToken.None)))
            _refused++;
    }

    private async Task AddAsync()
    {
        var body = JsonSerializer.SerializeToElement(
            new
            {
                channelId = _channel,
                eventType = _type,
                minimumSeverity = JsonNamingPolicy.CamelCase.ConvertName(_severity.ToString()),
            }
        );
        if (await RunAsync(() => Commands.CreateAsync(Actor, body, CancellationToken.None)))
            _type = null;
    }

    private Task<bool> RunAsync(Func<Task> what) => _saving.RunAsync(what);
}
