using Microsoft.AspNetCore.Components;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts.Pages;

/// <summary>One host: how it is, what it runs, and what it can be told.</summary>
public sealed partial class HostPage : LiveComponent
{
    private readonly Attempt _deletion = new();
    private readonly Attempt _power = new();
    private readonly Attempt _discovery = new();
    private HostSnapshot? _host;
    private HostView? _view;
    private (Condition Condition, string Word) _state;
    private (string Word, DateTimeOffset At)? _told;

    [Parameter]
    public int Id { get; set; }

    private bool MayAct => Access.Allows(Actor, Role.Operator);

    private bool MayEdit => Access.Allows(Actor, Role.Administrator);

    private string? Subtitle =>
        _view is null
            ? null
            : string.Join(
                " · ",
                new[]
                {
                    HostNames.Platform(_view.Platform),
                    L[_view.Role.ToString()],
                    HostNames.Reached(_view),
                    _view.RunsManager ? L["Runs this program"] : "",
                }.Where(part => part.Length > 0)
            );

    protected override void OnInitialized() =>
        Watch(Monitor.Screens, p => p.Hosts.GetValueOrDefault(Id), _ => Read(), ListPause);

    /// <summary>The page may be shown for another host without being made anew.</summary>
    protected override void OnParametersSet()
    {
        if (_view?.Id != Id)
        {
            _told = null;
            foreach (var attempt in new[] { _deletion, _power, _discovery })
                attempt.Forget();
        }
        Read();
    }

    private void Read()
    {
        _host = Monitor.Picture.Hosts.GetValueOrDefault(Id);
        _view = _host is null ? null : Find();
        if (_host is not null)
            _state = HostCondition.Of(_host);
    }

    private HostView? Find()
    {
        try
        {
            return Queries.Host(Id);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    private async Task DiscoverAsync()
    {
        IReadOnlyList<GuestSnapshot> found = [];
        try
        {
            if (await _discovery.RunAsync(async () => found = await Power.DiscoverAsync(Actor, Id, Gone)))
                Snackbar.Add(L["{0} guests found.", found.Count].Value, MudBlazor.Severity.Success);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
    }

    private async Task TellAsync(string action)
    {
        if (_host is not { } host)
            return;
        var off = action == "shutdown";
        var running = host.Guests.Count(g => g.State == GuestState.Running);
        var text = string.Join(
            " ",
            new[]
            {
                off
                    ? L[
                        "{0} is told to shut down. It does not come back by itself: somebody has to turn it on.",
                        host.Name
                    ]
                    : L["{0} is told to restart.", host.Name],
                running > 0 ? L["{0} guests are running on it and go down with it.", running].Value : "",
                host.RunsManager ? L["This program runs on it and watches nothing while it is down."].Value : "",
            }.Where(part => part.Length > 0)
        );
        var (title, verb) = off
            ? (L["Shut {0} down", host.Name], L["Shut down"])
            : (L["Reboot {0}", host.Name], L["Reboot"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, title, text, verb, host.Name))
            return;
        if (await _power.RunAsync(() => Power.HostAsync(Actor, host.Id, action, CancellationToken.None)))
            _told = (off ? "Told to shut down" : "Told to reboot", Time.GetUtcNow());
    }

    private async Task EditAsync()
    {
        if (await HostDialog.ShowAsync(Dialogs, L["Edit {0}", _host?.Name ?? ""], Id) is null)
            return;
        Read();
        Snackbar.Add(L["Saved."].Value, MudBlazor.Severity.Success);
    }

    private async Task DeleteAsync()
    {
        if (_host is not { } host)
            return;
        var text = L[
            "{0} and what is known of its {1} guests is forgotten here. Nothing is shut down or changed on the host itself.",
            host.Name,
            host.Guests.Count
        ];
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Remove {0}", host.Name], text, L["Remove"]))
            return;
        if (!await _deletion.RunAsync(() => Commands.DeleteAsync(Actor, host.Id, CancellationToken.None)))
            return;
        Snackbar.Add(L["{0} is removed.", host.Name].Value, MudBlazor.Severity.Success);
        if (!Gone.IsCancellationRequested)
            Navigation.NavigateTo("hosts");
    }
}
