using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Pages;

/// <summary>The form around one <see cref="UpsDraft"/>. Nothing that was entered is lost by a refusal.</summary>
public partial class UpsForm : LiveComponent
{
    private readonly Attempt _loading = new();
    private readonly Attempt _listing = new();
    private readonly Attempt _testing = new();
    private readonly Attempt _saving = new();
    private UpsDraft? _draft;
    private UpsTestResult? _result;
    private DateTimeOffset _testBegan;

    /// <summary>The address with which the device is known to answer: a passing test's, or the stored one.</summary>
    private string? _tested;

    /// <summary>The person wants to save, and has been told that these settings were not tested.</summary>
    private bool _asking;

    /// <summary>The UPS to edit; null adds one.</summary>
    [Parameter]
    public int? UpsId { get; set; }

    /// <summary>What is known of a new one already; null: nothing.</summary>
    [Parameter]
    public UpsDraft? Draft { get; set; }

    /// <summary>With the id of the UPS.</summary>
    [Parameter]
    public EventCallback<int> OnSaved { get; set; }

    [Parameter]
    public EventCallback OnCancel { get; set; }

    private UpsDriverTraits? Traits => _draft is null ? null : Drivers.Find(_draft.Driver)?.Traits;

    private bool IsTested => Traits is { } traits && _draft?.Address(traits) == _tested;

    protected override async Task OnInitializedAsync()
    {
        if (UpsId is { } id)
        {
            await _loading.RunAsync(async () => Show(await Queries.GetAsync(id, Gone)));
            return;
        }
        _draft = Draft ?? new UpsDraft();
        if (Draft is null && Drivers.Ids.FirstOrDefault() is { } driver)
            ChooseDriver(driver);
    }

    private void Show(UpsView ups)
    {
        _draft = UpsDraft.Of(ups, Drivers.Find(ups.Driver)?.Traits ?? new UpsDriverTraits(1, 1, [], []));
        _tested = Traits is { } traits && ups.Settings is not null ? _draft.Address(traits) : null;
    }

    private void ChooseDriver(string driver)
    {
        if (_draft is null || Drivers.Find(driver) is not { } chosen || _draft.Driver == driver)
            return;
        _draft.Choose(driver, chosen.Traits);
        (_result, _asking) = (null, false);
    }

    /// <summary>All attempts speak of the same fields; only one of them says something at a time.</summary>
    private string? Problem(string field) => _listing.For(field) ?? _testing.For(field) ?? _saving.For(field);

    private void Listed()
    {
        _testing.Forget();
        _saving.Forget();
    }

    /// <summary>What was said of other settings does not hold for these.</summary>
    private void Changed() => _asking = false;

    private void Said() => _saving.Forget();

    private void Take(KeyValuePair<string, string> setting)
    {
        if (_draft is not null)
            _draft.Values[setting.Key] = setting.Value;
        Changed();
    }

    private async Task TestAsync()
    {
        if (_draft is not { } draft || Traits is not { } traits)
            return;
        _saving.Forget();
        _listing.Forget();
        (_result, _asking, _testBegan) = (null, false, Time.GetUtcNow());
        var address = draft.Address(traits);
        await _testing.RunAsync(async () =>
            _result = await Actions.ProbeAsync(Actor, draft.TestBody(traits, UpsId), Gone)
        );
        if (_result?.Reading is null)
            return;
        _tested = address;
        if (string.IsNullOrWhiteSpace(draft.Name) && traits.Fields.FirstOrDefault(f => f.SuggestsName) is { } field)
            draft.Name = draft.Values.GetValueOrDefault(field.Key);
    }

    private async Task SaveAsync()
    {
        if (_draft is not { } draft || Traits is not { } traits)
            return;
        if (!IsTested && !_asking)
        {
            _asking = true;
            return;
        }
        _testing.Forget();
        _listing.Forget();
        var id = UpsId ?? 0;
        var saved = await _saving.RunAsync(async () =>
        {
            if (UpsId is null)
                id = await Commands.CreateAsync(Actor, draft.Body(traits), CancellationToken.None);
            else
                await Commands.UpdateAsync(Actor, id, draft.Body(traits), CancellationToken.None);
        });
        if (saved)
            await OnSaved.InvokeAsync(id);
    }
}
