using System.Data.Common;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Ups.Pages;

/// <summary>One UPS: what it says now, what it said, what it can be told, and how it is configured.</summary>
public partial class UpsPage : LiveComponent
{
    private readonly Attempt _acting = new();
    private static readonly TimeSpan HealthPause = TimeSpan.FromMinutes(1);
    private UpsView? _config;
    private BatteryHealth? _health;
    private UpsStreamView? _live;
    private bool _missing;
    private int? _shown;
    private int _version;

    [Parameter]
    public int Id { get; set; }

    /// <summary>Which side of its past to begin with.</summary>
    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    private string Subtitle =>
        string.Join(
            " · ",
            new[]
            {
                Device,
                _config is null ? null : L[Drivers.Find(_config.Driver)?.Traits.Title ?? _config.Driver].Value,
                Serial,
            }.Where(t => !string.IsNullOrEmpty(t))
        );

    private string Device => $"{_live?.Reading?.Vendor} {_live?.Reading?.Model}".Trim();

    private string? Serial => _live?.Reading?.Serial is { } serial ? L["serial {0}", serial].Value : null;

    [Inject]
    private UpsDrivers Drivers { get; set; } = default!; // injected

    [Inject]
    private BatteryQueries Batteries { get; set; } = default!; // injected

    protected override void OnInitialized()
    {
        Watch(Screens.All, all => all.GetValueOrDefault(Id), Take);
        _ = FollowHealthAsync();
    }

    /// <summary>The page may be shown for another UPS without being made anew.</summary>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Id)
            return;
        (_shown, _config, _health, _missing) = (Id, null, null, false);
        _acting.Forget();
        Take(Screens.All.Value.GetValueOrDefault(Id));
        await LoadAsync();
    }

    /// <summary>Somebody else may delete it while it is looked at.</summary>
    private void Take(UpsStreamView? ups)
    {
        _live = ups;
        _missing |= ups is null && _config is not null;
    }

    private async Task LoadAsync()
    {
        var id = Id;
        try
        {
            var config = await Queries.GetAsync(id, Gone);
            if (id == Id)
                (_config, _version) = (config, _version + 1);
            await LoadHealthAsync();
        }
        catch (NotFoundException)
        {
            _missing |= id == Id;
        }
    }

    private async Task LoadHealthAsync()
    {
        var id = Id;
        try
        {
            var health = await Batteries.HealthAsync(id, Gone);
            if (id == Id)
                _health = health;
        }
        catch (DbException)
        {
            // History is away: the newest that was known stays.
        }
    }

    private async Task FollowHealthAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(HealthPause, Time);
            while (await timer.WaitForNextTickAsync(Gone))
            {
                if (!_missing)
                    await InvokeAsync(LoadHealthAsync);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (Exception e) when (e is NotFoundException || Gone.IsCancellationRequested)
        {
            // Deleted, or looked at no more.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task EditAsync()
    {
        if (await UpsDialog.ShowAsync(Dialogs, L["Edit {0}", _live?.Name ?? ""], Id) is not null)
            await LoadAsync();
    }

    private async Task ToggleAsync()
    {
        if (_config is not { } config || _live is not { } live)
            return;
        var (id, enable) = (config.Id, !live.Enabled);
        var text = L[
            "{0} is read no more, and no plan counts on it as a supply: hosts that need it may be shut down when their other supplies fail.",
            live.Name
        ];
        if (!enable && !await ConfirmDialog.AskAsync(Dialogs, L["Disable {0}?", live.Name], text, L["Disable"]))
            return;
        var done = await _acting.RunAsync(async () =>
        {
            var now = await Queries.GetAsync(id, CancellationToken.None);
            if (Drivers.Find(now.Driver) is not { Traits: var traits })
                throw new ConflictException(L["This version has no driver “{0}”.", now.Driver]);
            var draft = UpsDraft.Of(now, traits);
            draft.Enabled = enable;
            await Commands.UpdateAsync(Actor, id, draft.Body(traits), CancellationToken.None);
        });
        if (done)
            await LoadAsync();
    }

    private async Task DeleteAsync()
    {
        var (id, name) = (Id, _live?.Name ?? "");
        var text = L[
            "{0} is no longer watched, and its history is deleted. Its events and outages stay. This cannot be undone.",
            name
        ];
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Delete {0}?", name], text, L["Delete"], name))
            return;
        if (
            await _acting.RunAsync(() => Commands.DeleteAsync(Actor, id, CancellationToken.None))
            && !Gone.IsCancellationRequested
        )
            Navigation.NavigateTo("ups");
    }
}
