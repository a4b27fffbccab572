using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Whether the platform's high availability overrules what a step allows a guest. Pure.</summary>
internal static class ForcedOff
{
    /// <summary>Null: it does not, or the plan keeps it from that, or forces the guest off no later.</summary>
    /// <param name="prepared">As <see cref="PreparedBefore"/>.</param>
    public static ReadinessCheck? Of(StepState step, HostSnapshot host, IReadOnlySet<string> prepared)
    {
        if (
            step is not { Target: { Kind: TargetKind.Guest, ExternalId: { } guest }, Action: not StepAction.ForceOff }
            || step.Target.Realm != host.Realm
            || !host.Forced.TryGetValue(guest, out var force)
            || (force.Unless is { } unless && prepared.Contains(unless))
        )
            return null;
        var patience = PatienceOf(step);
        if (patience <= force.AfterSeconds)
            return null;
        var says = patience is { } seconds
            ? Sentence.Of(
                $"High availability forces it off {force.AfterSeconds} s after it is asked; the plan would give it {seconds} s."
            )
            : Sentence.Of(
                $"High availability forces it off {force.AfterSeconds} s after it is asked, though the plan never would."
            );
        var does = force.Unless is null
            ? Sentence.Of(
                $"Let the plan force it off within {force.AfterSeconds} s itself, or take it out of high availability."
            )
            : Sentence.Of(
                $"Let a phase before disarm high availability, or let the plan force it off within {force.AfterSeconds} s itself."
            );
        return new(HostAspect.Platform, ReadinessState.Warning, says, does, host.RefreshedAt);
    }

    /// <summary>What the plan has done to the cluster of <paramref name="host"/> before the step begins: in a phase before, or
    /// before it in one that goes one by one.</summary>
    public static IReadOnlySet<string> PreparedBefore(
        IReadOnlyList<StepState> steps,
        int index,
        PlanDefinition plan,
        HostSnapshot? host,
        IReadOnlyList<HostSnapshot> hosts
    )
    {
        if (host?.Realm is not { } realm)
            return new HashSet<string>();
        var cluster = hosts.Where(h => h.Realm == realm).Select(h => h.Id).ToHashSet();
        var phase = steps[index].PhaseIndex;
        return steps
            .Where(
                (s, i) =>
                    cluster.Contains(s.Target.HostId)
                    && (s.PhaseIndex < phase || (s.PhaseIndex == phase && i < index && !plan.Phases[phase].Parallel))
            )
            .Select(s => s.Prepare)
            .OfType<string>()
            .ToHashSet();
    }

    /// <summary>Seconds from the first ask until the step itself forces it off; null: it never does.</summary>
    private static int? PatienceOf(StepState step)
    {
        var gentle = step.Ladder.TakeWhile(r => r.Action != StepAction.ForceOff).ToList();
        return step.NeverForce || gentle.Count == step.Ladder.Length ? null : gentle.Sum(r => r.TimeoutSeconds);
    }
}
