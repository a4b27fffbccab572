using Microsoft.AspNetCore.Components;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs.Scenarios.Pages;

/// <summary>One scenario: what happens in it, and how a plan lives through it.</summary>
public sealed partial class ScenarioPage : LiveComponent
{
    private readonly Attempt _attempt = new();
    private Scenario? _scenario;
    private ScenarioReport? _report;
    private IReadOnlyList<PlanEntry> _plans = [];
    private string? _missing;
    private int? _planId;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "plan")]
    private int? Wanted { get; set; }

    [Inject]
    private ScenarioQueries Queries { get; set; } = default!; // injected

    [Inject]
    private ScenarioCommands Commands { get; set; } = default!; // injected

    [Inject]
    private PlanDirectory Plans { get; set; } = default!; // injected

    private bool MayPlay => Access.Allows(Actor, Role.Operator);

    protected override void OnInitialized() =>
        Watch(
            Plans.All,
            all => _plans = [.. all.Values.OrderBy(p => p.Definition.Name, StringComparer.CurrentCultureIgnoreCase)]
        );

    protected override async Task OnParametersSetAsync()
    {
        if (_scenario?.Id == Id)
            return;
        (_scenario, _report, _missing) = (null, null, null);
        _planId = Wanted is { } plan && Plans.Find(plan) is not null ? plan : null;
        try
        {
            _scenario = await Queries.FindAsync(Actor, Id, Gone);
        }
        catch (NotFoundException e)
        {
            _missing = e.Message;
        }
    }

    private async Task PlayAsync()
    {
        if (_scenario is not { } scenario)
            return;
        _report = null;
        await _attempt.RunAsync(async () =>
            _report = _planId is { } plan
                ? await Commands.ReplayAsync(Actor, plan, scenario, Gone)
                : await Commands.PlayAsync(Actor, scenario, Gone)
        );
    }

    private string World(Scenario scenario)
    {
        var world = scenario.World;
        return L[
            "UPSes: {0} · hosts: {1} · guests: {2} · {3}",
            world.Upses.Length,
            world.Hosts.Length,
            world.Guests.Length,
            Durations.Words(scenario.EndsAt)
        ];
    }
}
