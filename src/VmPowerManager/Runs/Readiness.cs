using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>Judges how ready a plan is: each target begins with a hundred points and loses some for each reason. Pure.</summary>
internal sealed class Readiness(
    PlanView view,
    RunRecord? rehearsal,
    IReadOnlyList<HostSnapshot> hosts,
    IReadOnlyDictionary<int, HostChecked> probes,
    DateTimeOffset now
)
{
    /// <summary>Rehearsed weekly, a plan is never stale.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromDays(8);
    private readonly RunState? _run = rehearsal?.State;

    /// <summary>The newest probes of UPSes that are cut.</summary>
    public IReadOnlyDictionary<int, UpsChecked> Upses { get; init; } = new Dictionary<int, UpsChecked>();

    public ReadinessView Judge()
    {
        var steps = StepList.Shutdown(view.Model, view.State);
        var targets = steps.Select((step, i) => Judge(step, i, steps)).ToList();
        var reasons = OfPlan().ToList();
        var worst = targets.Select(t => t.Score).DefaultIfEmpty(100).Min();
        return new(Less(worst, reasons), _run is null ? null : RehearsedAt, _run?.Id, reasons, targets);
    }

    private DateTimeOffset RehearsedAt => _run?.EndedAt ?? _run?.StartedAt ?? DateTimeOffset.MinValue;

    private IEnumerable<ReadinessReason> OfPlan()
    {
        if (_run is null)
            yield return new("neverRehearsed", 10, $"The plan was never rehearsed.");
        else if (_run.Model.Revision != view.Model.Revision)
            yield return new("changedSince", 5, $"The plan was changed after its last rehearsal.");
    }

    private TargetReadiness Judge(StepState step, int index, IReadOnlyList<StepState> steps)
    {
        var seen = _run?.Steps.LastOrDefault(s => s.Target.Key == step.Target.Key && s.Action == step.Action);
        var host = hosts.FirstOrDefault(h => h.Id == step.Target.HostId);
        var prepared = ForcedOff.PreparedBefore(steps, index, view.Model.Definition, host, hosts);
        var checks = ChecksOf(step, host, prepared);
        List<ReadinessReason> reasons =
        [
            .. Checked(seen),
            .. OfHost(step, host),
            .. OfGuest(step, host),
            .. OfPlatform(step, checks),
            .. OfProbe(step, host, seen, checks),
        ];
        return new(
            TargetView.Of(step.Target),
            step.Action,
            Less(100, reasons),
            reasons,
            seen?.Status,
            seen?.EndedAt,
            seen?.Detail ?? seen?.Evidence
        )
        {
            Checks = checks,
        };
    }

    private IReadOnlyList<ReadinessCheck> ChecksOf(StepState step, HostSnapshot? host, IReadOnlySet<string> prepared) =>
        step.Target is { Kind: TargetKind.Ups, Id: { } ups }
            ? new UpsReadinessChecks(view.State.Upses.GetValueOrDefault(ups), Upses.GetValueOrDefault(ups)).All()
        : host is null ? []
        : new ReadinessChecks(step, host, probes.GetValueOrDefault(host.Id), prepared).All();

    private IEnumerable<ReadinessReason> Checked(StepState? seen)
    {
        switch (seen?.Status)
        {
            case null:
                yield return new("neverChecked", 40, $"No rehearsal has checked it yet.");
                yield break;
            case StepStatus.Failed:
                yield return new("checkFailed", 100, $"The last rehearsal failed: {seen.Detail ?? seen.Evidence}");
                break;
            case StepStatus.Done:
                break;
            default:
                yield return new("notChecked", 40, $"The last rehearsal could not check it: {seen.Detail}");
                break;
        }
        if (now - RehearsedAt > StaleAfter)
            yield return new("stale", 25, $"The last rehearsal is {(now - RehearsedAt).TotalDays:0} days old.");
    }

    private IEnumerable<ReadinessReason> OfHost(StepState step, HostSnapshot? host)
    {
        if (host is null)
            yield break;
        if (host.FaultKind == DeviceFault.TrustChanged)
            yield return new("keyChanged", 100, $"{host.Name} shows another key than the pinned one.");
        else if (host.Fault is { } fault)
            yield return new("unreachable", 60, $"{host.Name} cannot be reached now: {fault}");
        if (host is { Fault: null, NotReady: { } why })
            yield return new("notReady", 20, $"{host.Name} is up, and not ready to start guests: {why}");
        if (step is not { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown })
            yield break;
        if (string.IsNullOrEmpty(host.Witness) && !host.HasBmc)
            yield return new("noWitness", 10, $"It has no witness: nothing would prove that it is off.");
        if (view.Model.Hosts.GetValueOrDefault(host.Id) is { WakeMethods.Length: 0 })
            yield return new("noWake", 10, $"Nothing is set that could wake it.");
    }

    /// <summary>What the newest probe found, where neither a rehearsal nor the listing of the host says it already.</summary>
    private static IEnumerable<ReadinessReason> OfProbe(
        StepState step,
        HostSnapshot? host,
        StepState? seen,
        IReadOnlyList<ReadinessCheck> checks
    )
    {
        if (host?.Fault is not null || seen?.Status == StepStatus.Failed)
            yield break;
        foreach (var check in checks.Where(c => c.State == ReadinessState.Failed))
            if (check.Aspect is HostAspect.Reachable or HostAspect.Trusted or HostAspect.Allowed)
                yield return new("probeFailed", 60, $"The newest check failed: {check.Says}");
        if (step is not { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown })
            yield break;
        if (checks.FirstOrDefault(c => c is { Aspect: HostAspect.Wake, State: ReadinessState.Failed }) is { } wake)
            yield return new("cannotBeWoken", 20, $"No way to wake it would work: {wake.Says}");
        if (checks.FirstOrDefault(c => c is { Aspect: HostAspect.Clock, State: ReadinessState.Warning }) is { } clock)
            yield return new("clockAstray", 5, $"The clocks differ: {clock.Says}");
    }

    private static IEnumerable<ReadinessReason> OfGuest(StepState step, HostSnapshot? host)
    {
        if (step.Target.Kind != TargetKind.Guest)
            yield break;
        var guest = host?.Guests.FirstOrDefault(g =>
            g.Realm == step.Target.Realm && g.ExternalId == step.Target.ExternalId
        );
        if (guest is { State: GuestState.Running, Agent: AgentState.Silent })
            yield return new(
                "agentSilent",
                30,
                $"Its guest agent is enabled and does not answer: a shutdown would wait in vain."
            );
        if (guest is not { State: GuestState.Running, Agent: AgentState.Absent })
            yield break;
        var asked = step.Ladder.Any(r => r.Via == Via.Agent);
        yield return asked
            ? new("agentAbsent", 30, $"Its guest agent does not answer, and the plan asks it.")
            : new("agentAbsent", 5, $"Its guest agent does not answer: it is asked by ACPI alone.");
    }

    /// <summary>What its platform does to a guest against the plan.</summary>
    private static IEnumerable<ReadinessReason> OfPlatform(StepState step, IReadOnlyList<ReadinessCheck> checks) =>
        step.Target.Kind != TargetKind.Guest
            ? []
            : checks
                .Where(c => c is { Aspect: HostAspect.Platform, State: ReadinessState.Warning })
                .Select(c => new ReadinessReason(
                    "forcedByPlatform",
                    20,
                    Sentence.Join(" ", new[] { c.Says, c.Does }.OfType<Sentence>())
                ));

    private static int Less(int from, IEnumerable<ReadinessReason> reasons) =>
        Math.Max(0, from - reasons.Sum(r => r.Points));
}
