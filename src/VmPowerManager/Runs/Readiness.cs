using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>Judges how ready a plan is: each target begins with a hundred points and loses some for each reason. Pure.</summary>
internal sealed class Readiness(
    PlanView view,
    RunRecord? rehearsal,
    IReadOnlyList<HostSnapshot> hosts,
    DateTimeOffset now
)
{
    /// <summary>Rehearsed weekly, a plan is never stale.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromDays(8);
    private readonly RunState? _run = rehearsal?.State;

    public ReadinessView Judge()
    {
        var targets = StepList.Shutdown(view.Model, view.State).Select(Judge).ToList();
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

    private TargetReadiness Judge(StepState step)
    {
        var seen = _run?.Steps.LastOrDefault(s => s.Target.Key == step.Target.Key && s.Action == step.Action);
        var host = hosts.FirstOrDefault(h => h.Id == step.Target.HostId);
        List<ReadinessReason> reasons = [.. Checked(seen), .. OfHost(step, host), .. OfGuest(step, host)];
        return new(
            TargetView.Of(step.Target),
            step.Action,
            Less(100, reasons),
            reasons,
            seen?.Status,
            seen?.EndedAt,
            seen?.Detail ?? seen?.Evidence
        );
    }

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
        if (step is not { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown })
            yield break;
        if (string.IsNullOrEmpty(host.Witness))
            yield return new("noWitness", 10, $"It has no witness: nothing would prove that it is off.");
        if (view.Model.Hosts.GetValueOrDefault(host.Id) is { WakeMethods.Length: 0 })
            yield return new("noWake", 10, $"Nothing is set that could wake it.");
    }

    private static IEnumerable<ReadinessReason> OfGuest(StepState step, HostSnapshot? host)
    {
        if (step.Target.Kind != TargetKind.Guest)
            yield break;
        var guest = host?.Guests.FirstOrDefault(g =>
            g.Realm == step.Target.Realm && g.ExternalId == step.Target.ExternalId
        );
        if (guest is not { State: GuestState.Running, Agent: AgentState.Absent })
            yield break;
        var asked = step.Ladder.Any(r => r.Via == Via.Agent);
        yield return asked
            ? new("agentAbsent", 30, $"Its guest agent does not answer, and the plan asks it.")
            : new("agentAbsent", 5, $"Its guest agent does not answer: it is asked by ACPI alone.");
    }

    private static int Less(int from, IEnumerable<ReadinessReason> reasons) =>
        Math.Max(0, from - reasons.Sum(r => r.Points));
}
