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
        string? words = null;
        // Not given up when the page goes away: it may have been sent.
        var accepted = await _attempt.RunAsync(async () =>
            words = await Power.GuestAsync(Actor, guest.Id ?? 0, action.Action, CancellationToken.None)
        );
        if (accepted)
        {
            _orders[guest.Id ?? 0] = new Order(action, Time.GetUtcNow(), guest.State);
            Snackbar.Add(words ?? "", MudBlazor.Severity.Success);
        }
    }

    private Task PrioritiseAsync(GuestSnapshot guest, int id) =>
        GuestPriorityDialog.ShowAsync(Dialogs, L["Priority of {0}", guest.Name], id, guest.Priority);

    private Order? Told(GuestSnapshot guest) =>
        guest.Id is { } id
        && _orders.TryGetValue(id, out var order)
        && order.Was == guest.State
        && order.Action.Action != "reboot" // its state need not change where we can see it
        && Time.GetUtcNow() - order.At < LongestWait
            ? order
            : null;

    private sealed record Order(GuestAction Action, DateTimeOffset At, GuestState Was);
}
