using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Pages;

/// <summary>One UPS: what it says now, what it said, what it can be told, and how it is configured.</summary>
public partial class UpsPage : LiveComponent
{
    private readonly Attempt _acting = new();
    private UpsView? _config;
    private UpsStreamView? _live;
    private bool _missing;
    private int _version;

    [Parameter]
    public int Id { get; set; }

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

    protected override async Task OnInitializedAsync()
    {
        Watch(Screens.All, all => all.GetValueOrDefault(Id), ups => _live = ups);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        try
        {
            _config = await Queries.GetAsync(Id, Gone);
            _version++;
        }
        catch (NotFoundException)
        {
            _missing = true;
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
        var enable = !live.Enabled;
        var text = L[
            "{0} is read no more, and no plan counts on it as a supply: hosts that need it may be shut down when their other supplies fail.",
            live.Name
        ];
        if (!enable && !await ConfirmDialog.AskAsync(Dialogs, L["Disable {0}?", live.Name], text, L["Disable"]))
            return;
        var done = await _acting.RunAsync(async () =>
        {
            var now = await Queries.GetAsync(Id, Gone);
            if (Drivers.Find(now.Driver) is not { Traits: var traits })
                throw new ConflictException(L["This version has no driver “{0}”.", now.Driver]);
            var draft = UpsDraft.Of(now, traits);
            draft.Enabled = enable;
            await Commands.UpdateAsync(Actor, Id, draft.Body(traits), CancellationToken.None);
        });
        if (done)
            await LoadAsync();
    }

    private async Task DeleteAsync()
    {
        var name = _live?.Name ?? "";
        var text = L[
            "{0} is no longer watched, and its history is deleted. Its events and outages stay. This cannot be undone.",
            name
        ];
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Delete {0}?", name], text, L["Delete"], name))
            return;
        if (await _acting.RunAsync(() => Commands.DeleteAsync(Actor, Id, CancellationToken.None)))
            Navigation.NavigateTo("ups");
    }
}
