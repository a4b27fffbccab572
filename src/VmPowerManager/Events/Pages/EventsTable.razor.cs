using System.Globalization;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;

namespace VmPowerManager.Events.Pages;

/// <summary>A live list of events. New ones come at the top at most once a second; while <see cref="Hold"/> is set they
/// are counted instead.</summary>
public sealed partial class EventsTable : LiveComponent
{
    private const int Most = 1000;
    private EventFilter? _shown;
    private List<EventEntry>? _events;
    private List<EventEntry> _held = [];
    private string? _next;
    private long _seen;
    private bool _loading;

    [Parameter]
    public int? UpsId { get; set; }

    [Parameter]
    public int? HostId { get; set; }

    [Parameter]
    public int? PlanId { get; set; }

    [Parameter]
    public int? RunId { get; set; }

    /// <summary>More conditions; the ids above are added to them.</summary>
    [Parameter]
    public EventFilter? Filter { get; set; }

    /// <summary>How many at first; without <see cref="Paged"/> also how many at most.</summary>
    [Parameter]
    public int Count { get; set; } = 10;

    /// <summary>With a button for older ones.</summary>
    [Parameter]
    public bool Paged { get; set; }

    /// <summary>"5 min ago" in place of date and time: for the short lists beside something else.</summary>
    [Parameter]
    public bool Ages { get; set; } = true;

    /// <summary>New events are counted, not shown: somebody reads further down.</summary>
    [Parameter]
    public bool Hold { get; set; }

    /// <summary>The person wants to see what was held.</summary>
    [Parameter]
    public EventCallback OnShowNew { get; set; }

    [Parameter]
    public string? EmptyTitle { get; set; }

    [Parameter]
    public string? EmptyHint { get; set; }

    private EventFilter Wanted =>
        (Filter ?? new EventFilter()) with
        {
            UpsId = UpsId,
            HostId = HostId,
            PlanId = PlanId,
            RunId = RunId,
        };

    private int Room => Paged ? Most : Count;

    protected override void OnInitialized()
    {
        _seen = Queries.Newest.Value;
        Watch(Queries.Newest, TakeNew, ListPause);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown != Wanted)
            await LoadAsync();
        else if (!Hold)
            ShowHeld(_held);
    }

    private async Task LoadAsync()
    {
        var wanted = _shown = Wanted;
        (_events, _held, _seen) = (null, [], Queries.Newest.Value);
        var page = await Queries.ListAsync(wanted, null, Count, Gone);
        // Another choice was made meanwhile: its own answer comes.
        if (!ReferenceEquals(wanted, _shown))
            return;
        (_events, _next) = ([.. page.Items.Select(Visible)], page.NextCursor);
        if (_events is [var newest, ..])
            _seen = Math.Max(_seen, newest.Sequence);
        TakeNew(Queries.Newest.Value); // what came while it was read
    }

    private async Task ReadAnewAsync()
    {
        try
        {
            await LoadAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task OlderAsync()
    {
        if (_loading || _shown is not { } wanted)
            return;
        _loading = true;
        try
        {
            var page = await Queries.ListAsync(wanted, _next, Count, Gone);
            if (!ReferenceEquals(wanted, _shown))
                return;
            _events?.AddRange(page.Items.Select(Visible));
            _next = _events?.Count < Most ? page.NextCursor : null;
        }
        finally
        {
            _loading = false;
        }
    }

    private void TakeNew(long newest)
    {
        if (_events is null || _shown is not { } wanted || newest <= _seen)
            return;
        if (Queries.Since(_seen, wanted) is not { } fresh)
        {
            // More came at once than memory holds: read anew.
            _ = ReadAnewAsync();
            return;
        }
        _seen = newest;
        if (fresh is [var last, ..])
            _seen = Math.Max(_seen, last.Sequence);
        _held.InsertRange(0, fresh.Select(Visible));
        // A pause may last for days.
        if (_held.Count > Room)
            _held.RemoveRange(Room, _held.Count - Room);
        if (!Hold)
            ShowHeld(_held);
    }

    private Task ShowHeld()
    {
        ShowHeld(_held);
        return OnShowNew.InvokeAsync();
    }

    private void ShowHeld(List<EventEntry> fresh)
    {
        if (_events is null || fresh.Count == 0)
            return;
        _events.InsertRange(0, fresh);
        _held = [];
        if (_events.Count <= Room)
            return;
        _events.RemoveRange(Room, _events.Count - Room);
        _next = _events[^1].Sequence.ToString(CultureInfo.InvariantCulture);
    }

    private EventEntry Visible(EventEntry e) => e.For(Actor);
}
