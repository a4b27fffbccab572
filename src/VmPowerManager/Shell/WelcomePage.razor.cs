using Microsoft.AspNetCore.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Runs;
using VmPowerManager.Ups;

namespace VmPowerManager.Shell;

/// <summary>First UPS, first host, first plan, a rehearsal of it. What is done is seen from what exists, so that it can be
/// left and come back to at any time.</summary>
public sealed partial class WelcomePage
{
    private Step _step;

    private enum Step
    {
        Ups,
        Host,
        Plan,
        Rehearsal,
    }

    [Inject]
    private UpsScreens Upses { get; set; } = default!; // injected

    [Inject]
    private HostMonitor Hosts { get; set; } = default!; // injected

    [Inject]
    private PlanDirectory Plans { get; set; } = default!; // injected

    [Inject]
    private RunBook Runs { get; set; } = default!; // injected

    protected override void OnInitialized()
    {
        Watch(Upses.All, _ => { });
        Watch(Hosts.Screens, picture => picture.Hosts.Count, _ => { });
        Watch(Plans.All, _ => { });
        Watch(Runs.All, _ => Done(Step.Rehearsal), _ => { });
        _step = Enum.GetValues<Step>().FirstOrDefault(s => !Done(s), Step.Rehearsal);
    }

    private bool Done(Step step) =>
        step switch
        {
            Step.Ups => Upses.All.Value.Count > 0,
            Step.Host => Hosts.Picture.Hosts.Count > 0,
            Step.Plan => Plans.All.Value.Count > 0,
            _ => Runs.Newest.Any(r => r.State is { Kind: RunKind.Rehearsal, Status: RunStatus.Succeeded }),
        };

    private static string Title(Step step) =>
        step switch
        {
            Step.Ups => "First UPS",
            Step.Host => "First host",
            Step.Plan => "First plan",
            _ => "Rehearsal",
        };

    private void Next() => _step = _step < Step.Rehearsal ? _step + 1 : _step;

    private void Back() => _step = _step > Step.Ups ? _step - 1 : _step;
}
