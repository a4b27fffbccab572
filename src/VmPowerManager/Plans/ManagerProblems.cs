using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Plans;

/// <summary>What a plan's owner should know of where this program runs (POLICY C6, F10). Pure.</summary>
internal static class ManagerProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model, IReadOnlyList<HostSnapshot> hosts, ManagerPlace? place)
    {
        if (place is null || hosts.FirstOrDefault(h => h.Id == place.HostId) is not { } found)
            yield break;
        var declared = hosts.FirstOrDefault(h => h.RunsManager);
        if (declared is not null && declared.Id != found.Id)
            yield return new(
                "managerElsewhere",
                false,
                Field(model, found.Id),
                $"This program was found to run on {found.Name} ({place.Said}), but {declared.Name} is marked for that and goes last: mark {found.Name}."
            );
        else if (declared is null && model.Hosts.ContainsKey(found.Id))
            yield return new(
                "managerNotMarked",
                false,
                Field(model, found.Id),
                $"The manager runs on {found.Name} ({place.Said}), which is not marked for that; it goes last all the same. Mark it."
            );
        foreach (var (at, guest) in Own(model, place))
            yield return new(
                "managerGuest",
                false,
                at,
                $"The manager runs in {guest.Name}: it is not shut down as a guest, but goes with its host {found.Name}, last."
            );
    }

    private static IEnumerable<(string At, GuestModel Guest)> Own(PlanModel model, ManagerPlace place)
    {
        foreach (var (at, step) in Steps(model))
        {
            var guest = model.Guests.Values.FirstOrDefault(g => g.Id is { } id && id == step.Target.GuestId);
            if (guest is not null && guest.Realm == place.Realm && guest.ExternalId == place.ExternalId)
                yield return ($"{at}.target.guestId", guest);
        }
    }

    /// <summary>The host's own step, where it has one.</summary>
    private static string Field(PlanModel model, int hostId) =>
        Steps(model)
            .Where(s => s.Step is { Action: StepAction.Shutdown, Target.HostId: { } id } && id == hostId)
            .Select(s => s.At)
            .FirstOrDefault("phases");

    private static IEnumerable<(string At, StepDefinition Step)> Steps(PlanModel model) =>
        model.Definition.Phases.SelectMany(
            (phase, p) => phase.Steps.Select((step, s) => ($"phases[{p}].steps[{s}]", step))
        );
}
