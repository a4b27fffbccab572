using System.Text.Json;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Ups.Pages;

/// <summary>The form of one canary. Nothing that was entered is lost by a refusal.</summary>
public sealed partial class CanaryDialog : LiveComponent
{
    private readonly Attempt _testing = new();
    private readonly Attempt _saving = new();
    private readonly SortedSet<int> _upses = [];
    private string? _name;
    private string? _address;
    private string _method = Canary.Ping;
    private int? _port;
    private double? _poll;
    private bool _enabled = true;
    private CanaryTestView? _result;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!; // MudDialogProvider gives it

    /// <summary>The canary to edit; null adds one.</summary>
    [Parameter]
    public CanaryStateView? Edited { get; set; }

    public static Task ShowAsync(IDialogService dialogs, string title, CanaryStateView? edited)
    {
        var parameters = new DialogParameters<CanaryDialog> { { d => d.Edited, edited } };
        var options = new DialogOptions
        {
            MaxWidth = MaxWidth.Small,
            FullWidth = true,
            CloseButton = true,
            BackdropClick = false,
        };
        return dialogs.ShowAsync<CanaryDialog>(title, parameters, options);
    }

    protected override void OnInitialized()
    {
        if (Edited is not { } canary)
            return;
        (_name, _address, _method, _port) = (canary.Name, canary.Address, canary.Method, canary.Port);
        (_poll, _enabled) = (canary.PollSeconds, canary.Enabled);
        _upses.UnionWith(canary.UpsIds);
    }

    /// <summary>Both attempts speak of the same fields; only one of them says something at a time.</summary>
    private string? Problem(string field) => _testing.For(field) ?? _saving.For(field);

    private void Choose(string method)
    {
        _method = method;
        Said();
    }

    private void Toggle(int upsId, bool on)
    {
        if (on)
            _upses.Add(upsId);
        else
            _upses.Remove(upsId);
    }

    /// <summary>What was said of other settings does not hold for these.</summary>
    private void Said()
    {
        _testing.Forget();
        _saving.Forget();
        _result = null;
    }

    private JsonElement Body(string? name) =>
        JsonSerializer.SerializeToElement(
            new
            {
                name,
                address = _address,
                method = _method,
                port = _method == Canary.Tcp ? _port : null,
                pollSeconds = _poll,
                enabled = _enabled,
                upsIds = _upses,
            },
            Json.Options
        );

    private async Task TestAsync()
    {
        Said();
        await _testing.RunAsync(async () => _result = await Commands.TestAsync(Actor, Body(_name ?? "test"), Gone));
    }

    private async Task SaveAsync()
    {
        _testing.Forget();
        var saved = await _saving.RunAsync(() =>
            Edited is { } canary
                ? Commands.UpdateAsync(Actor, canary.Id, Body(_name), CancellationToken.None)
                : Commands.CreateAsync(Actor, Body(_name), CancellationToken.None)
        );
        if (saved)
            Dialog.Close();
    }
}
