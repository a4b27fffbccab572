using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>Runs of several plans on one target (F2). Pure.</summary>
internal static class RunConflicts
{
    /// <summary>The run, of whatever plan, that deals with a target now; null: none.</summary>
    public static (int Id, string Plan)? Of(IEnumerable<PlanView> views, int? hostId, string? realm, string? externalId)
    {
        foreach (var view in views)
        {
            if (view.State.Run is { Status: RunStatus.Running, Kind: not RunKind.Rehearsal } run && run.Steps.Any(Owns))
                return (run.Id, view.Model.Definition.Name);
        }
        return null;

        // A host that a run takes down or brings up owns all that runs there.
        bool Owns(StepState step) =>
            externalId is null
                ? step.Target.HostId == hostId
                : (step.Target.Realm == realm && step.Target.ExternalId == externalId)
                    || (step is { Target.Kind: TargetKind.Host, Selected: true } && step.Target.HostId == hostId);
    }

    /// <summary>F2: down beats up. Why none may start or wake this now, or null.</summary>
    public static Sentence? AgainstUp(Effect effect, IEnumerable<PlanView> others)
    {
        if (effect is not ({ Kind: EffectKind.Wake } or { Kind: EffectKind.GuestPower, Action: StepAction.Start }))
            return null;
        foreach (var view in others)
        {
            if (
                view.State.Run is { Status: RunStatus.Running, Kind: RunKind.Shutdown } run
                && run.Steps.Any(s =>
                    s.Selected
                    && (
                        s.Target.Key == effect.TargetKey
                        || (s.Target.Kind == TargetKind.Host && s.Target.HostId == effect.HostId)
                    )
                )
            )
                return Sentence.Of(
                    $"Run {run.Id} of \"{view.Model.Definition.Name}\" takes {effect.TargetName} down now."
                );
        }
        return null;
    }
}
