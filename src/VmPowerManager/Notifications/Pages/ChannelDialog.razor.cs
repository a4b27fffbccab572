using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Components;

namespace VmPowerManager.Notifications.Pages;

/// <summary>The form around one <see cref="ChannelDraft"/>. Nothing that was entered is lost by a refusal.</summary>
public sealed partial class ChannelDialog : LiveComponent
{
    private const string FingerprintField = "certificateFingerprint";
    private readonly Attempt _loading = new();
    private readonly Attempt _testing = new();
    private readonly Attempt _saving = new();
    private ChannelDraft? _draft;
    private string? _answer;
    private DateTimeOffset _testBegan;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!; // MudDialogProvider gives it

    /// <summary>The channel to edit; null adds one.</summary>
    [Parameter]
    public int? ChannelId { get; set; }

    private INotificationChannel? Kind => Queries.Kinds.FirstOrDefault(k => k.Kind == _draft?.Kind);

    /// <summary>The fingerprint that a refused certificate was told with.</summary>
    private string? Offered =>
        _testing.Refusal is { } words && Fingerprint().Match(words) is { Success: true } found ? found.Value : null;

    public static Task ShowAsync(IDialogService dialogs, string title, int? channelId = null)
    {
        var parameters = new DialogParameters<ChannelDialog> { { d => d.ChannelId, channelId } };
        var options = new DialogOptions
        {
            MaxWidth = MaxWidth.Medium,
            FullWidth = true,
            CloseButton = true,
            BackdropClick = false,
            CloseOnEscapeKey = false,
        };
        return dialogs.ShowAsync<ChannelDialog>(title, parameters, options);
    }

    protected override async Task OnInitializedAsync()
    {
        if (ChannelId is not { } id)
        {
            _draft = new ChannelDraft();
            _draft.Choose(Queries.Kinds.First());
            return;
        }
        await _loading.RunAsync(async () =>
        {
            var channel = await Queries.ChannelAsync(Actor, id, Gone);
            if (Queries.Kinds.FirstOrDefault(k => k.Kind == channel.Kind) is { } kind)
                _draft = ChannelDraft.Of(channel, kind);
        });
    }

    /// <summary>Both attempts speak of the same fields; only one of them says something at a time.</summary>
    private string? Problem(string field) => _testing.For(field) ?? _saving.For(field);

    private void Choose(string kind)
    {
        if (_draft?.Kind != kind && Queries.Kinds.FirstOrDefault(k => k.Kind == kind) is { } chosen)
            _draft?.Choose(chosen);
        Said();
    }

    /// <summary>What was said of other settings does not hold for these.</summary>
    private void Said()
    {
        _testing.Forget();
        _saving.Forget();
        _answer = null;
    }

    private void Pin(string fingerprint)
    {
        if (_draft is not null)
            _draft.Values[FingerprintField] = fingerprint;
        Said();
    }

    private async Task TestAsync()
    {
        if (_draft is not { } draft || Kind is not { } kind)
            return;
        Said();
        _testBegan = Time.GetUtcNow();
        // A test needs no name yet.
        var name = draft.Name;
        draft.Name = string.IsNullOrWhiteSpace(name) ? kind.Kind : name;
        var body = draft.Body(kind, ChannelId);
        draft.Name = name;
        await _testing.RunAsync(async () => _answer = (await Commands.TestAsync(Actor, body, Gone)).Answer);
    }

    private async Task SaveAsync()
    {
        if (_draft is not { } draft || Kind is not { } kind)
            return;
        _testing.Forget();
        var saved = await _saving.RunAsync(async () =>
        {
            if (ChannelId is { } id)
                await Commands.UpdateAsync(Actor, id, draft.Body(kind), CancellationToken.None);
            else
                await Commands.CreateAsync(Actor, draft.Body(kind), CancellationToken.None);
        });
        if (saved)
            Dialog.Close();
    }

    [GeneratedRegex("([0-9A-F]{2}:){31}[0-9A-F]{2}")]
    private static partial Regex Fingerprint();
}
