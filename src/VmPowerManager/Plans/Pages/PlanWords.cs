using Microsoft.Extensions.Localization;
using MudBlazor;
using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using HostRole = VmPowerManager.Hosts.HostRole;
using StepAction = VmPowerManager.Core.Plans.StepAction;

namespace VmPowerManager.Plans.Pages;

/// <summary>What the parts of a plan are called on the screen.</summary>
public sealed class PlanWords(IStringLocalizer<Strings> l)
{
    public string Phase(PhaseDefinition phase, int index) =>
        string.IsNullOrWhiteSpace(phase.Name) ? l["Phase {0}", index + 1] : phase.Name;

    public string Action(StepAction action, bool guest = true) =>
        action switch
        {
            StepAction.Shutdown => l["Shut down"],
            StepAction.Save => l["Save to disk"],
            StepAction.ForceOff => l["Force off"],
            StepAction.Command => l["Run a command"],
            StepAction.CutOutput => l["Cut its output"],
            StepAction.WaitUntil => l["Wait until"],
            StepAction.BmcOff => l["Cut its power by BMC"],
            StepAction.Start => l["Start"],
            _ => guest ? l["Start"] : l["Wake"],
        };

    /// <summary>What a platform does before a shutdown, and undoes.</summary>
    public string Prepare(string kind) => Prepare(l, kind);

    public static string Prepare(IStringLocalizer<Strings> l, string kind) =>
        kind switch
        {
            "haDisarmed" => l["Disarm high availability"],
            "cephNoout" => l["Set Ceph's flag noout"],
            "maintenance" => l["Enter maintenance"],
            _ => kind,
        };

    /// <summary>When a phase begins, in one line.</summary>
    public string Trigger(TriggerDefinition trigger)
    {
        var parts = new List<string>();
        if (trigger.OnBatteryForSeconds is { } battery)
            parts.Add(battery == 0 ? l["at once on battery"] : l["on battery for {0}", Time(battery)]);
        if (trigger.RuntimeBelowSeconds is { } runtime)
            parts.Add(l["runtime below {0}", Time(runtime)]);
        if (trigger.ChargeBelowPercent is { } charge)
            parts.Add(l["charge below {0} %", charge]);
        if (trigger.DepletionAbovePercentPerMinute is { } rate)
            parts.Add(l["losing over {0} % a minute", rate]);
        if (trigger.LowBattery)
            parts.Add(l["battery low"]);
        if (trigger.Auto)
            parts.Add(l["the latest moment that fits"]);
        return parts.Count == 0 ? l["Never: no trigger yet"] : string.Join(l[" or "], parts);
    }

    /// <summary>What is done, for how long, and then: "Shut down 2 min, force off 30 s".</summary>
    public string Ladder(StepDefinition step) =>
        step.Prepare is { } kind ? $"{Prepare(kind)} {Time(step.TimeoutSeconds)}"
        : step.Http is { } http ? $"{l["Send a request"]} {Time(step.TimeoutSeconds)} ({http})"
        : string.Join(", ", StepList.LadderOf(step).Select(r => $"{Action(r.Action)} {Time(r.TimeoutSeconds)}"));

    /// <summary>Its figures stay with their units when the line breaks.</summary>
    private static string Time(int seconds) => DurationText.Exact(seconds).Replace(' ', '\u00a0');

    /// <summary>Guests that are elsewhere now are no exceptions that anybody sees.</summary>
    private static int LeftOut(EditorWorld world, TargetDefinition target) =>
        target.Except.Count(id => world.Guest(id)?.HostId == target.GuestsOf);

    public string Target(EditorWorld world, TargetDefinition target)
    {
        var name = world.NameOf(target);
        return target switch
        {
            { GuestsOf: { } id } => LeftOut(world, target) is > 0 and var leftOut
                ? l["All guests of {0} but {1}", name ?? l["host {0}", id], leftOut]
                : l["All guests of {0}", name ?? l["host {0}", id]],
            { GuestId: { } id } => name ?? l["Guest {0}, which is gone", id],
            { HostId: { } id } => name ?? l["Host {0}, which is gone", id],
            { UpsId: { } id } => name ?? l["UPS {0}, which is gone", id],
            _ => l["No target"],
        };
    }

    /// <summary>Where a guest is, or what a host is.</summary>
    public string? About(EditorWorld world, TargetDefinition target) =>
        target switch
        {
            { GuestId: not null } => world.HostOf(target) is { } on ? l["on {0}", on.Name].Value : null,
            { GuestsOf: not null } => l["as they are when it begins"],
            { HostId: not null } => world.HostOf(target) is { } host ? Role(host) : null,
            _ => null,
        };

    public string Role(HostSnapshot host) =>
        host switch
        {
            { RunsManager: true } => l["this program's own host"],
            _ => l[host.Role.ToString()],
        };

    public static string Icon(EditorWorld world, TargetDefinition target) =>
        target switch
        {
            { GuestsOf: not null } => Icons.Material.Outlined.DynamicFeed,
            { GuestId: not null } => world.Guest(target.GuestId) is { Kind: GuestKind.Container }
                ? Icons.Material.Outlined.ViewInAr
                : Icons.Material.Outlined.Computer,
            { UpsId: not null } => Icons.Material.Outlined.BatteryChargingFull,
            _ => Icon(world.HostOf(target)?.Role),
        };

    public static string Icon(HostRole? role) =>
        role switch
        {
            HostRole.Storage => Icons.Material.Outlined.Storage,
            HostRole.Network => Icons.Material.Outlined.Router,
            _ => Icons.Material.Outlined.Dns,
        };

    /// <summary>A finding as it reads on the screen: without the names of fields.</summary>
    public string Finding(EditorWorld world, PlanDefinition plan, PlanFinding finding) =>
        finding switch
        {
            { Code: "noTrigger" } => l["This phase can never begin: it has no trigger."],
            { Field: "phases", Code: "invalid" } => l["A plan needs at least one phase."],
            { Field: "upsIds", Code: "invalid" } when plan.UpsIds.Length == 0 => l[
                "Choose at least one UPS that this plan watches."
            ],
            _ => PlanPath.Worded(l.Say(finding.Text), at => StepName(plan, at)),
        };

    private string StepName(PlanDefinition plan, StepPlace at) =>
        StepAt(plan, at) is not null
            ? l["phase “{0}”", Phase((at.InStartup ? plan.Startup.Phases : plan.Phases)[at.Phase], at.Phase)]
            : l["another phase"];

    /// <summary>Null: there is none any more.</summary>
    private static StepDefinition? StepAt(PlanDefinition plan, StepPlace at) =>
        (at.InStartup ? plan.Startup.Phases : plan.Phases)
            .ElementAtOrDefault(at.Phase)
            ?.Steps.ElementAtOrDefault(at.Step);

    public string Where(EditorWorld world, PlanDefinition plan, PlanFinding finding)
    {
        if (PlanPath.Step(finding.Field) is { InStartup: true } start && StepAt(plan, start) is { } step)
            return $"{l["Startup"]} › {Target(world, step.Target)}";
        if (PlanPath.Phase(finding.Field) is not { } phase || phase >= plan.Phases.Length)
            return finding.Field.Split('.', '[')[0] switch
            {
                "startup" => l["Startup"],
                "dependencies" => l["Who needs whom"],
                "schedule" => l["At set times"],
                "maintenance" => l["Maintenance"],
                _ => l["Plan"],
            };
        var name = Phase(plan.Phases[phase], phase);
        return PlanPath.Step(finding.Field) is { } at && at.Step < plan.Phases[phase].Steps.Length
            ? $"{name} › {Target(world, plan.Phases[at.Phase].Steps[at.Step].Target)}"
            : name;
    }
}
