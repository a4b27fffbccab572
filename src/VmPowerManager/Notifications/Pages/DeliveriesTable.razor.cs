using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;

namespace VmPowerManager.Notifications.Pages;

/// <summary>Messages, read anew when something changed.</summary>
public sealed partial class DeliveriesTable : LiveComponent
{
    private const int Step = 25;
    private readonly Attempt _trying = new();
    private IReadOnlyList<DeliveryView>? _items;
    private DeliveryFilter _filter = new();
    private int _count = Step;
    private bool _more;

    [Parameter, EditorRequired]
    public IReadOnlyList<ChannelView> Channels { get; set; } = [];

    protected override void OnInitialized() => Watch(Screens.Changes, changes => _ = LoadAsync(), ListPause);

    private async Task LoadAsync()
    {
        var asked = (_filter, _count);
        try
        {
            var page = await Queries.DeliveriesAsync(
                Actor,
                _filter,
                null,
                Math.Min(_count, NotificationQueries.MostAtOnce),
                Gone
            );
            // Another choice was made meanwhile: its own answer comes.
            if (asked != (_filter, _count))
                return;
            (_items, _more) = (page.Items, page.NextCursor is not null && _count < NotificationQueries.MostAtOnce);
            StateHasChanged();
        }
        catch (OperationCanceledException) { }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private Task FilterAsync(DeliveryFilter filter)
    {
        (_filter, _count) = (filter, Step);
        return LoadAsync();
    }

    private Task MoreAsync()
    {
        _count += Step;
        return LoadAsync();
    }

    private Task<bool> RetryAsync(DeliveryView delivery) =>
        _trying.RunAsync(() => Commands.RetryAsync(Actor, delivery.Id, CancellationToken.None));

    private static (Condition Condition, string Word) Words(DeliveryState state) =>
        state switch
        {
            DeliveryState.Delivered => (Condition.Normal, "Delivered"),
            DeliveryState.Sending => (Condition.Working, "Sending"),
            DeliveryState.Pending => (Condition.Working, "Waiting"),
            DeliveryState.Failed => (Condition.Attention, "Retrying"),
            _ => (Condition.Critical, "Given up"),
        };
}
