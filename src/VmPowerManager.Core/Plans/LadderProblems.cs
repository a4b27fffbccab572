namespace VmPowerManager.Core.Plans;

/// <summary>Rungs that cannot be climbed, and targets that stop too early (C3, A10, F10).</summary>
internal static class LadderProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model) =>
        [.. NoBmc(model), .. ServedStopsEarly(model), .. ControllerStopsEarly(model)];

    private static IEnumerable<PlanProblem> NoBmc(PlanModel model)
    {
        foreach (var (at, step) in PlanProblems.Steps(model))
        {
            var rung = step.Ladder.Any(r => r.Action == StepAction.BmcOff);
            if (!rung || step.Target.HostId is not { } id || !model.Hosts.TryGetValue(id, out var host))
                continue;
            if (!host.WakeMethods.Any(m => m is "ipmi" or "redfish" or "pdu" or "nutOutlet"))
                yield return new(
                    "noBmc",
                    true,
                    $"{at}.ladder",
                    $"{host.Name} has no BMC or switched outlet (wake methods ipmi, redfish, pdu, nutOutlet) that could take its power."
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

    /// <summary>C6: in the run it waits for the others, whatever its phase.</summary>
    private static IEnumerable<PlanProblem> ControllerStopsEarly(PlanModel model)
    {
        var phases = model.Definition.Phases;
        foreach (var guest in model.Guests.Values.Where(g => model.Controllers.ContainsKey(g.Key)))
        {
            var mine = phases.ToList().FindIndex(p => p.Steps.Any(s => s.Target.GuestId == guest.Id));
            if (mine >= 0 && phases.Skip(mine + 1).Any(p => p.Steps.Any(s => s.Target.HostId != guest.HostId)))
                yield return new(
                    "controllerStopsEarly",
                    false,
                    $"phases[{mine}]",
                    $"Hosts are spoken to through {guest.Name}: it stops after all others, whatever its phase, and starts before them."
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
