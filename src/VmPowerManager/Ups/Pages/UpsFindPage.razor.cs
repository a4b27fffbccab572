using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Components;
using VmPowerManager.Ups.Discovery;

namespace VmPowerManager.Ups.Pages;

/// <summary>The newest search, whoever began it, and the form for the next.</summary>
public partial class UpsFindPage : LiveComponent
{
    private readonly Attempt _starting = new();
    private FindDraft _draft = new([], "", asksCommunity: false);
    private UpsScan _scan = UpsScan.None;

    [Inject]
    private DiscoveryCommands Commands { get; set; } = default!; // injected

    [Inject]
    private UpsDrivers Drivers { get; set; } = default!; // injected

    [Inject]
    private IDialogService Dialogs { get; set; } = default!; // injected

    private bool Running => _scan.State == ScanState.Running;

    private string Word =>
        _scan.State switch
        {
            ScanState.Running => "Searching",
            ScanState.Cancelled => "Stopped",
            ScanState.TimedOut => "Out of time",
            _ => "Finished",
        };

    private bool HasPortProblem => _draft.Kinds.Any(k => _starting.For($"ports.{k.Driver}") is not null);

    protected override void OnInitialized()
    {
        Watch(Commands.Scan(Actor), scan => _scan = scan, TimeSpan.FromMilliseconds(250));
        _draft = FindDraft.Of(Drivers, _scan.Range ?? OwnNetworks.Proposal());
    }

    protected override Task OnInitializedAsync() => Commands.RecogniseAsync(Actor, Gone);

    private async Task StartAsync() => await _starting.RunAsync(Done(() => Commands.Start(Actor, _draft.Body())));

    private async Task CancelAsync() => await _starting.RunAsync(Done(() => Commands.Cancel(Actor)));

    private static Func<Task> Done(Action what) =>
        () =>
        {
            what();
            return Task.CompletedTask;
        };

    private async Task AddAsync(FoundUps found)
    {
        var draft = UpsDraft.Of(found.Driver, Drivers.Get(found.Driver).Traits, found.Name, found.Block);
        if (await UpsDialog.ShowAsync(Dialogs, L["Add a UPS"], draft: draft) is not null)
            await Commands.RecogniseAsync(Actor, Gone);
    }

    private string Title(FoundUps found) => L[Drivers.Get(found.Driver).Traits.Title];

    private static string Place(FoundUps found) =>
        found.Address.Contains(':', StringComparison.Ordinal)
            ? $"[{found.Address}]:{found.Port}"
            : $"{found.Address}:{found.Port}";
}
