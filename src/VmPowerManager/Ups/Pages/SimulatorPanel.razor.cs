using Microsoft.AspNetCore.Components;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Ups.Pages;

/// <summary>Plays with one simulated UPS.</summary>
public partial class SimulatorPanel : LiveComponent
{
    private readonly Attempt _acting = new();
    private SimulatedUpsView? _device;
    private double? _load;
    private double? _charge;
    private double? _health;
    private double? _pace;
    private string _scenario = SimulatedScenarios.All[0].Id;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    /// <summary>Its name in the simulator.</summary>
    [Parameter, EditorRequired]
    public string Device { get; set; } = "";

    private bool MayAct => Access.Allows(Actor, Role.Operator);

    private SimulatedScenario Chosen => SimulatedScenarios.Find(_scenario) ?? SimulatedScenarios.All[0];

    [Inject]
    private SimulatorScreens Screens { get; set; } = default!; // injected

    [Inject]
    private SimulatorCommands Commands { get; set; } = default!; // injected

    protected override void OnInitialized()
    {
        Watch(Screens.All, all => all.GetValueOrDefault(Device), device => _device = device);
        // Once: what a person types is not overwritten.
        (_load, _health, _pace) = (_device?.LoadWatts, _device?.BatteryHealthPercent, _device?.BatteryPace);
    }

    private string Title(string script) => SimulatedScenarios.Find(script) is { } known ? L[known.Title] : script;

    private Task<bool> ApplyAsync() =>
        ChangeAsync(
            new SimulatedChange
            {
                LoadWatts = _load,
                ChargePercent = _charge,
                BatteryHealthPercent = _health,
                BatteryPace = _pace,
            }
        );

    private Task<bool> ChangeAsync(SimulatedChange change) =>
        _acting.RunAsync(() => Commands.ChangeAsync(Actor, UpsId, change, CancellationToken.None));

    private Task<bool> PlayAsync() =>
        _acting.RunAsync(() =>
            Commands.PlayAsync(Actor, UpsId, new ScriptBody { Scenario = _scenario }, CancellationToken.None)
        );

    private Task<bool> StopAsync() => _acting.RunAsync(() => Commands.StopAsync(Actor, UpsId, CancellationToken.None));
}
