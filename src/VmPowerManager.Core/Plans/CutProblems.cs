namespace VmPowerManager.Core.Plans;

/// <summary>Why a UPS output would not be cut, seen before it matters (C9, F10).</summary>
internal static class CutProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model)
    {
        var cuts = PlanProblems
            .Steps(model)
            .Where(s => s.Step is { Action: StepAction.CutOutput, Target.UpsId: not null })
            .ToList();
        var cut = cuts.Select(s => s.Step.Target.UpsId ?? 0).ToHashSet();
        foreach (var (at, step) in cuts)
        {
            var upsId = step.Target.UpsId ?? 0;
            var fed = FedBy(model, upsId).ToList();
            foreach (var problem in fed.SelectMany(host => Of(model, host, at, NameOf(model, upsId), cut)))
                yield return problem;
            if (model.Servers.TryGetValue(upsId, out var server) && ShutDownAt(model, server.HostId) is not null)
                yield return new(
                    "cutThroughServer",
                    false,
                    at,
                    $"{NameOf(model, upsId)} is told through {model.Hosts.GetValueOrDefault(server.HostId)?.Name}, which the plan shuts down before: the output will not be cut."
                );
            if (fed.Count == 0)
                yield return new(
                    "cutFeedsNothing",
                    false,
                    at,
                    $"No host is known to hang on {NameOf(model, upsId)}: say at each host what feeds it, or its power is cut unasked."
                );
        }
    }

    /// <summary>Every UPS that feeds this host is cut by the plan.</summary>
    public static bool CutsWhatFeeds(PlanModel model, int hostId)
    {
        var cut = PlanProblems
            .Steps(model)
            .Where(s => s.Step.Action == StepAction.CutOutput)
            .Select(s => s.Step.Target.UpsId)
            .ToHashSet();
        var feeds = model.SuppliesOf(model.Hosts.GetValueOrDefault(hostId));
        return feeds.Length > 0 && feeds.All(s => cut.Contains(s.UpsId));
    }

    private static IEnumerable<PlanProblem> Of(PlanModel model, HostModel host, string at, string ups, HashSet<int> cut)
    {
        var down = ShutDownAt(model, host.Id);
        if (down is null && host.Rank == HostRank.Manager)
            yield return new(
                "cutFeedsManager",
                false,
                at,
                $"{ups} feeds {host.Name}, which runs this program and which the plan does not shut down: the output will never be cut."
            );
        else if (down is null && model.Hosts.ContainsKey(host.Id))
            yield return new(
                "cutFeedsHostLeftUp",
                false,
                at,
                $"{ups} feeds {host.Name}, which the plan does not shut down: the output will not be cut while it is up."
            );
        if (host.NeedsReturnOfPower && model.SuppliesOf(host).FirstOrDefault(s => !cut.Contains(s.UpsId)) is { } other)
            yield return new(
                "cutOfOneSupply",
                false,
                at,
                $"{host.Name} is fed by {NameOf(model, other.UpsId)} too, which the plan does not cut: it would see no loss of power and not start again, so neither is cut. Give it a way to be woken, or cut both."
            );
    }

    /// <summary>Where the plan shuts the host down, or null.</summary>
    private static string? ShutDownAt(PlanModel model, int hostId) =>
        PlanProblems
            .Steps(model)
            .Where(s => s.Step.Action == StepAction.Shutdown && s.Step.Target.HostId == hostId)
            .Select(s => s.At)
            .FirstOrDefault();

    private static IEnumerable<HostModel> FedBy(PlanModel model, int upsId) =>
        model.Hosts.Values.Concat(model.Bystanders.Values).Where(h => model.SuppliesOf(h).Any(s => s.UpsId == upsId));

    private static string NameOf(PlanModel model, int upsId) =>
        model.Upses.GetValueOrDefault(upsId)?.Name ?? $"UPS {upsId}";
}
