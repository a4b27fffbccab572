using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>A startup that has phases of its own: made from the shutdown's, and changed from there. Pure.</summary>
public static class StartupOrder
{
    /// <summary>What the mirror does, written out: the phases backwards, hosts before guests, without what is never started.</summary>
    public static ImmutableArray<PhaseDefinition> Mirrored(PlanDefinition plan) =>
        [
            .. plan
                .Phases.Reverse()
                .Select(p => new PhaseDefinition
                {
                    Id = p.Id,
                    Name = p.Name,
                    Parallel = true,
                    Steps =
                    [
                        .. p
                            .Steps.Where(Returns)
                            .Reverse()
                            .OrderBy(s => s.Target.HostId is null)
                            .Select(s => StepFor(s.Target, s)),
                    ],
                })
                .Where(p => p.Steps.Length > 0),
        ];

    /// <summary>The step that starts this target.</summary>
    /// <param name="like">How it is stopped, or null.</param>
    public static StepDefinition StepFor(TargetDefinition target, StepDefinition? like = null) =>
        new()
        {
            Target = target,
            Action = target.HostId is null ? StepAction.Start : StepAction.Wake,
            Ready = like?.Ready,
            StartTimeoutSeconds = like?.StartTimeoutSeconds,
            Startup = like?.Startup ?? StartupRule.IfRunning,
        };

    /// <summary>A command, or a request in its place, that is not written yet.</summary>
    public static StepDefinition CommandOn(int hostId) =>
        new()
        {
            Target = new() { HostId = hostId },
            Action = StepAction.Command,
            Command = "",
        };

    public static StartupDefinition Add(StartupDefinition startup, string name)
    {
        var number = startup.Phases.Length + 1;
        while (startup.Phases.Any(p => p.Id == $"start{number}"))
            number++;
        return startup with { Phases = startup.Phases.Add(new PhaseDefinition { Id = $"start{number}", Name = name }) };
    }

    public static StartupDefinition Change(
        StartupDefinition startup,
        int phase,
        Func<PhaseDefinition, PhaseDefinition> change
    ) => startup with { Phases = startup.Phases.SetItem(phase, change(startup.Phases[phase])) };

    public static StartupDefinition Remove(StartupDefinition startup, int phase) =>
        startup with
        {
            Phases = startup.Phases.RemoveAt(phase),
        };

    public static StartupDefinition Move(StartupDefinition startup, int phase, int by)
    {
        var to = Math.Clamp(phase + by, 0, startup.Phases.Length - 1);
        return startup with { Phases = startup.Phases.RemoveAt(phase).Insert(to, startup.Phases[phase]) };
    }

    /// <summary>Targets that the plan stops and no phase of the startup names.</summary>
    public static IEnumerable<TargetDefinition> Missing(PlanDefinition plan)
    {
        // A command on a host does not start it.
        var named = plan
            .Startup.Phases.SelectMany(p => p.Steps)
            .Where(s => PlanSteps.MovesTarget(s.Action))
            .Select(s => TargetKeys.Of(s.Target))
            .ToHashSet();
        return plan
            .Phases.SelectMany(p => p.Steps)
            .Where(Returns)
            .Select(s => s.Target)
            .Where(t => !named.Contains(TargetKeys.Of(t)));
    }

    /// <summary>Startup may bring its target back.</summary>
    public static bool Returns(StepDefinition step) =>
        step.Startup != StartupRule.Never
        && step.Action is StepAction.Shutdown or StepAction.Save or StepAction.ForceOff;
}
