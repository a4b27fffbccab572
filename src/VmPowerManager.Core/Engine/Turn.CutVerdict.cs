using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Whether the output of a UPS may be cut, and if not why (C9, I13).</summary>
internal sealed partial class Turn
{
    /// <summary>With the other UPSes of hosts that only the return of power starts: all of them or none (C9).</summary>
    private CutVerdict JudgeWithOthers(StepState step)
    {
        var own = Judge(step);
        if (!own.IsNow)
            return own;
        foreach (var upsId in GroupOf(step).Where(id => id != step.Target.Id))
        {
            var name = Model.Upses.GetValueOrDefault(upsId)?.Name ?? $"UPS {upsId}";
            if (CutStepOf(upsId) is not { } other)
                return CutVerdict.Refused(
                    $"{name} feeds hosts of it too, which start again only when both were cut; it is not cut in this run"
                );
            if (other is { Status: StepStatus.Done } or { Attempt: > 0, Terminal: false })
                continue;
            if (other.Terminal || Judge(other).Never is not null)
                return CutVerdict.Refused(
                    $"{name} feeds hosts of it too, which start again only when both were cut, and cannot be cut: {other.Detail ?? Judge(other).Because}"
                );
            if (!Judge(other).IsNow)
                return CutVerdict.NotYet($"it waits for {name}: {Judge(other).Because}");
        }
        return own;
    }

    private CutVerdict Judge(StepState step)
    {
        if (Run is not { } run || step.Target.Id is not { } upsId)
            return CutVerdict.Refused($"It is not known any more.");
        if (run.Cause != RunCause.Outage && !run.AllowCut)
            return CutVerdict.NotWanted($"Nobody allowed a cut in this run (allowCut).");
        if (!_state.Upses.TryGetValue(upsId, out var ups))
            return CutVerdict.Refused($"No such UPS is known any more.");
        if (JudgePower(run, ups) is { } power)
            return power;
        foreach (var host in FedBy(upsId))
        {
            var verdict = host.Rank == HostRank.Manager ? JudgeOwnHost(host) : JudgeHost(step, host);
            if (!verdict.IsNow)
                return verdict;
        }
        return CutVerdict.Now;
    }

    /// <summary>Never with mains there: its output would come back at once, and what is off would be started by that.</summary>
    private static CutVerdict? JudgePower(RunState run, UpsEvidence ups)
    {
        if (ups.OnLineSince is not null)
            return run.Cause == RunCause.Outage
                ? CutVerdict.NotYet($"{ups.Policy.Name} is on mains")
                : CutVerdict.NotWanted($"It is on mains: its output would come back at once.");
        if (ups.LossExpected && ups.Comm != Comm.Ok)
            return CutVerdict.Refused($"It is told through a server that was stopped before (A10).");
        return ups is { Comm: Comm.Ok, OnBattery: true }
            ? null
            : CutVerdict.NotYet($"no trustworthy reading says that {ups.Policy.Name} is on battery");
    }

    /// <summary>Our own host goes last, told right after the order: it has to be ready for that, its guests resolved.</summary>
    private CutVerdict JudgeOwnHost(HostModel host)
    {
        if (OwnStep(host) is { Selected: false } && Run?.Cause == RunCause.Outage && !Fails(Supply(host.Id)))
            return CutVerdict.NotWanted($"{host.Name} stands on its other supplies.");
        if (OwnStep(host) is not { Terminal: false, AskedAt: null })
            return CutVerdict.Refused($"It feeds {host.Name}, which runs this program and is not shut down after it.");
        return OwnHostIsReady(host)
            ? CutVerdict.Now
            : CutVerdict.NotYet($"{host.Name}, which runs this program, is not ready to go down");
    }

    private bool OwnHostIsReady(HostModel host) =>
        OwnStep(host) is { Status: StepStatus.Running, AskedAt: null } step
        && !Order.AnyOpenBelow(Ranks.Cut)
        && GuestsResolved(step, host, _state.Hosts.GetValueOrDefault(host.Id));

    private CutVerdict JudgeHost(StepState step, HostModel host)
    {
        var view = _state.Hosts.GetValueOrDefault(host.Id);
        if (view?.ProvedOffAt is null)
        {
            if (Model.Hosts.ContainsKey(host.Id) && Run?.Cause == RunCause.Outage && !Fails(Supply(host.Id)))
                return CutVerdict.NotWanted($"{host.Name} stands on its other supplies.");
            var down = OwnStep(host);
            if (down is { Terminal: true, Status: not StepStatus.Done })
                return CutVerdict.Refused($"It feeds {host.Name}, which is not proved off. {down.Detail}");
            return CutVerdict.NotYet(
                view?.Answers == true
                    ? Sentence.Of($"{host.Name}, which it feeds, is up")
                    : Sentence.Of($"{host.Name}, which it feeds, is not proved off")
            );
        }
        var fresh = view is { Answers: false, TriedAt: { } at } && at >= step.BeganAt && Now - at <= LookedWithin;
        return fresh ? CutVerdict.Now : CutVerdict.NotYet($"{host.Name} was not seen off just now");
    }

    /// <summary>In the shutdown that cuts: a rehearsal's check of it decides nothing about an order.</summary>
    private StepState? CutStepOf(int upsId) =>
        Down?.Steps.FirstOrDefault(s => s is { Target.Kind: TargetKind.Ups, Selected: true } && s.Target.Id == upsId);

    private RunState? Down => Run is { Kind: RunKind.Shutdown } run ? run : null;

    private IEnumerable<StepState> OthersToCut(StepState step) =>
        GroupOf(step).Where(id => id != step.Target.Id).Select(CutStepOf).OfType<StepState>();

    /// <summary>The UPSes that share, directly or by way of others, a host that nothing but the return of power starts.</summary>
    private HashSet<int> GroupOf(StepState step)
    {
        HashSet<int> group = [step.Target.Id ?? 0];
        for (var size = 0; size != group.Count; )
        {
            size = group.Count;
            foreach (var host in group.SelectMany(FedBy).Where(h => h.NeedsReturnOfPower).ToList())
                group.UnionWith(Model.SuppliesOf(host).Select(s => s.UpsId));
        }
        return group;
    }
}
