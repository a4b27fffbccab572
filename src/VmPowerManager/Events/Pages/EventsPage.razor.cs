using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using VmPowerManager.Components;

namespace VmPowerManager.Events.Pages;

/// <summary>All events, with a choice that stands in the address, so that a view can be shared.</summary>
public sealed partial class EventsPage : LiveComponent, IAsyncDisposable
{
    private EventChoice _choice = new(new EventFilter(), null);
    private ElementReference _top;
    private DotNetObjectReference<EventsPage>? _self;
    private IJSObjectReference? _script;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private bool _topSeen = true;
    private bool _paused;

    /// <summary>Narrow screens fold the rarer filters away.</summary>
    private bool _more;

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery(Name = "severity")]
    private string? SeverityText { get; set; }

    [SupplyParameterFromQuery]
    private string? Type { get; set; }

    [SupplyParameterFromQuery]
    private string? Source { get; set; }

    [SupplyParameterFromQuery]
    private string? From { get; set; }

    [SupplyParameterFromQuery]
    private string? To { get; set; }

    [SupplyParameterFromQuery]
    private int? Ups { get; set; }

    [SupplyParameterFromQuery]
    private int? Host { get; set; }

    [SupplyParameterFromQuery]
    private int? Plan { get; set; }

    [SupplyParameterFromQuery]
    private int? Run { get; set; }

    private string? About =>
        (Ups, Host, Plan, Run) switch
        {
            (not null, _, _, _) => L["Only about one UPS."].Value,
            (_, not null, _, _) => L["Only about one host."].Value,
            (_, _, not null, _) => L["Only about one plan."].Value,
            (_, _, _, { } run) => L["Only about run {0}.", run].Value,
            _ => null,
        };

    /// <summary>The address of the same choice as a file; the ids have the API's names there.</summary>
    private string CsvHref =>
        Navigation.GetUriWithQueryParameters(
            Navigation.ToAbsoluteUri("events.csv").ToString(),
            new Dictionary<string, object?>
            {
                ["q"] = Q,
                ["severity"] = SeverityText,
                ["type"] = Type,
                ["source"] = Source,
                ["from"] = From,
                ["to"] = To,
                ["upsId"] = Ups,
                ["hostId"] = Host,
                ["planId"] = Plan,
                ["runId"] = Run,
            }
        );

    protected override void OnParametersSet()
    {
        var choice = EventChoice.Read(Q, SeverityText, Type, Source, From, To);
        if (!choice.Same(_choice))
            _choice = choice;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _script = await Js.InvokeAsync<IJSObjectReference>("import", Gone, "./events.js");
        _zone = EventChoice.Zone(await _script.InvokeAsync<string>("zone", Gone));
        await _script.InvokeVoidAsync("watchTop", Gone, _top, _self);
        StateHasChanged();
    }

    /// <summary>The browser: whether the top of the list is on the screen.</summary>
    [JSInvokable]
    public void TopSeen(bool seen)
    {
        _topSeen = seen;
        StateHasChanged();
    }

    private async Task ToTopAsync()
    {
        (_paused, _topSeen) = (false, true);
        if (_script is not null)
            await _script.InvokeVoidAsync("toTop", Gone);
    }

    private string? Local(string? utc) => EventChoice.ToLocal(utc, _zone);

    private void Go(string name, string? value)
    {
        var said = name is "from" or "to" ? EventChoice.ToUtc(value, _zone) : value;
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameter(name, string.IsNullOrWhiteSpace(said) ? null : said),
            replace: true
        );
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        _self?.Dispose();
        try
        {
            if (_script is not null)
                await _script.DisposeAsync();
        }
        catch (JSDisconnectedException) { }
    }
}
