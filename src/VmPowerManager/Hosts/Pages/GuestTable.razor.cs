using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Accounts;
using VmPowerManager.Components;

namespace VmPowerManager.Hosts.Pages;

/// <summary>The guests of a host. What one was told is shown as under way until its state changes.</summary>
public sealed partial class GuestTable : LiveComponent
{
    /// <summary>Later than this nobody waits: it is shown as it is.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    /// <summary>A reboot need not change a state where we could see it.</summary>
    private static readonly TimeSpan RebootShown = TimeSpan.FromSeconds(15);
    private readonly Attempt _attempt = new();
    private readonly Dictionary<int, Order> _orders = [];
    private string? _search;

    [Parameter, EditorRequired]
    public HostSnapshot Host { get; set; } = default!; // required

    private bool MayAct => Access.Allows(Actor, Role.Operator);

    private bool MayEdit => Access.Allows(Actor, Role.Administrator);

    private List<GuestSnapshot> Shown =>
        [.. Host.Guests.Where(g => g.Name.Contains(_search?.Trim() ?? "", StringComparison.CurrentCultureIgnoreCase))];

    private async Task TellAsync(GuestSnapshot guest, GuestAction action)
    {
        if (
            action.Ask is { } ask
            && !await ConfirmDialog.AskAsync(
                Dialogs,
                L["{0}: {1}", L[action.Label], guest.Name],
                L[ask, guest.Name],
                L[action.Label]
            )
        )
            return;
        // Not given up when the page goes away: it may have been sent.
        var id = guest.Id ?? 0;
        if (await _attempt.RunAsync(() => Power.GuestAsync(Actor, id, action.Action, CancellationToken.None)))
            _orders[id] = new Order(action, Time.GetUtcNow(), guest.State);
    }

    private IReadOnlyList<GuestAction> Actions(GuestSnapshot guest) =>
        MayAct ? GuestActions.Of(guest.State, Host.Capabilities) : [];

    private Task PrioritiseAsync(GuestSnapshot guest, int id) =>
        GuestPriorityDialog.ShowAsync(Dialogs, L["Priority of {0}", guest.Name], id, guest.Priority);

    private Order? Told(GuestSnapshot guest) =>
        guest.Id is { } id
        && _orders.TryGetValue(id, out var order)
        && order.Was == guest.State
        && Time.GetUtcNow() - order.At < (order.Action.Action == "reboot" ? RebootShown : LongestWait)
            ? order
            : null;

    private sealed record Order(GuestAction Action, DateTimeOffset At, GuestState Was);
}
