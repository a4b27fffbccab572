namespace VmPowerManager.Core.Plans;

/// <summary>Rungs that cannot be climbed, and targets that stop too early (C3, A10, F10).</summary>
internal static class LadderProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model) => [.. NoBmc(model), .. ServedStopsEarly(model)];

    private static IEnumerable<PlanProblem> NoBmc(PlanModel model)
    {
        foreach (var (at, step) in PlanProblems.Steps(model))
        {
            var rung = step.Ladder.Any(r => r.Action == StepAction.BmcOff);
            if (!rung || step.Target.HostId is not { } id || !model.Hosts.TryGetValue(id, out var host))
                continue;
            if (!host.WakeMethods.Any(m => m is "ipmi" or "redfish"))
                yield return new(
                    "noBmc",
                    true,
                    $"{at}.ladder",
                    $"{host.Name} has no BMC (wake methods ipmi or redfish) that could take its power."
                );
            else if (host.Rank == HostRank.Manager)
                yield return new(
                    "bmcOfOwnHost",
                    false,
                    $"{at}.ladder",
                    $"{host.Name} runs this program: its power is not taken through its BMC."
                );
        }
    }

    /// <summary>A10: it waits for the others all the same, but only for those that go down with it.</summary>
    private static IEnumerable<PlanProblem> ServedStopsEarly(PlanModel model)
    {
        var steps = PlanProblems.Steps(model).ToList();
        var last = model.Definition.Phases.Length - 1;
        while (last > 0 && model.Definition.Phases[last].Steps.All(s => s.Action == StepAction.CutOutput))
            last--;
        foreach (var (upsId, server) in model.Servers)
        {
            var guest = model.Guests.Values.FirstOrDefault(g => g.Key == server.GuestKey);
            var at = steps
                .Where(s =>
                    guest is null
                        ? s.Step.Action == StepAction.Shutdown && s.Step.Target.HostId == server.HostId
                        : guest.Id is { } id && s.Step.Target.GuestId == id
                )
                .Select(s => s.At)
                .FirstOrDefault();
            if (at is null || at.StartsWith($"phases[{last}]", StringComparison.Ordinal))
                continue;
            var ups = model.Upses.GetValueOrDefault(upsId)?.Name ?? $"UPS {upsId}";
            var name = guest?.Name ?? model.Hosts.GetValueOrDefault(server.HostId)?.Name ?? $"host {server.HostId}";
            yield return new(
                "serverStopsEarly",
                false,
                at,
                $"{ups} is read through {name}, which stops before the last phase: from then on nobody knows what the UPS does."
            );
        }
    }
}
