using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Canaries and other UPSes bear witness (A9): they shorten or lengthen confirmation, and opt-in make the loss of
/// all UPSes at once an outage.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan LostTogether = TimeSpan.FromSeconds(10);

    /// <summary>A canary is asked every few seconds, and once more before it counts as silent.</summary>
    private static readonly TimeSpan CanaryLag = TimeSpan.FromSeconds(15);

    /// <summary>How long a canary must answer again before a loss was none of the mains.</summary>
    private static readonly TimeSpan AnswersAgain = TimeSpan.FromSeconds(10);

    private void TakeCanary(CanaryObserved seen)
    {
        if (!Model.Canaries.ContainsKey(seen.CanaryId))
            return;
        var known = _state.Canaries.GetValueOrDefault(seen.CanaryId);
        if (known?.Taken >= seen.Taken)
            return;
        var since = known is not null && known.Answers == seen.Answers ? known.Since : seen.Taken;
        var view = new CanaryView(seen.Answers, since, seen.Taken, seen.Answers || known?.EverAnswered == true);
        _state = _state with { Canaries = _state.Canaries.SetItem(seen.CanaryId, view) };
    }

    /// <summary>UPSes that only bear witness are watched beside the plan's own, and trigger nothing.</summary>
    private void FollowWitnesses()
    {
        var watched = _state.Witnesses;
        foreach (var policy in Model.Witnesses.Values)
        {
            if (!watched.TryGetValue(policy.UpsId, out var evidence))
                watched = watched.SetItem(policy.UpsId, UpsEvidence.Unseen(policy, Now));
            else if (evidence.Policy != policy)
                watched = watched.SetItem(policy.UpsId, evidence with { Policy = policy });
        }
        watched = watched.RemoveRange(watched.Keys.Where(id => !Model.Witnesses.ContainsKey(id)));
        if (!ReferenceEquals(watched, _state.Witnesses))
            _state = _state with { Witnesses = watched };
        var gone = _state.Canaries.Keys.Where(id => !Model.Canaries.ContainsKey(id)).ToList();
        if (gone.Count > 0)
            _state = _state with { Canaries = _state.Canaries.RemoveRange(gone) };
    }

    /// <summary>A4: a plan may lengthen what its UPSes ask for, never shorten it.</summary>
    private UpsPolicy Lengthened(UpsPolicy policy)
    {
        var confirm = Math.Max(policy.ConfirmSeconds, Plan.ConfirmSeconds ?? 0);
        var dead = Math.Max(policy.DeadSeconds, Plan.DeadSeconds ?? 0);
        return confirm == policy.ConfirmSeconds && dead == policy.DeadSeconds
            ? policy
            : policy with
            {
                ConfirmSeconds = confirm,
                DeadSeconds = dead,
            };
    }

    /// <summary>What the witnesses say now is put beside the evidence of each UPS, before time passes for it.</summary>
    public void HeedWitnesses()
    {
        foreach (var (id, ups) in _state.Upses)
        {
            var said = Witnesses.Of(Model, _state, ups);
            if (ups.Witness != said.Verdict)
                _state = _state with { Upses = _state.Upses.SetItem(id, ups with { Witness = said.Verdict }) };
            TellVerdict(id, said);
        }
        if (!Plan.LossIsOutage)
            return;
        foreach (var host in Model.Hosts.Values)
            HeedLoss(host.Name, Model.SuppliesOf(host));
        TakeLossBack();
    }

    private void TellVerdict(int upsId, Witnesses said)
    {
        if (said is not { Verdict: not WitnessVerdict.None, Words: { } words })
        {
            Forget($"doubt:{upsId}");
            Forget($"agree:{upsId}");
        }
        else if (said.Verdict == WitnessVerdict.Doubt)
            TellOnce($"doubt:{upsId}", "plan.witnessDoubts", NoticeLevel.Info, words);
        else
            TellOnce($"agree:{upsId}", "plan.witnessAgrees", NoticeLevel.Info, words);
    }

    private void HeedLoss(string target, IEnumerable<Supply> supplies)
    {
        var lost = supplies
            .Where(s => s.PowerValue > 0)
            .Select(s => _state.Upses.GetValueOrDefault(s.UpsId))
            .OfType<UpsEvidence>()
            .Where(u => u.Policy.Enabled)
            .ToList();
        var together = lost.Count > 0 && lost.TrueForAll(LostOnLine);
        var key = $"loss:{target}";
        if (!together || lost.Max(u => u.Last?.Taken) - lost.Min(u => u.Last?.Taken) > LostTogether)
        {
            Forget(key);
            return;
        }
        if (SilentCanary(lost) is not { } canary)
            return;
        if (StillAnswers(lost, canary.Since) is not { } answers)
        {
            // Who answers is looked at now: the next round of looks is a minute away.
            if (!_state.Told.Contains(key))
                (_state, _refresh) = (_state with { Told = _state.Told.Add(key) }, true);
            return;
        }
        foreach (var ups in lost)
            _state = _state with { Upses = _state.Upses.SetItem(ups.Policy.UpsId, ups.LostWithMains(Now)) };
        _supplies.Clear();
        Tell(
            "plan.lossIsOutage",
            NoticeLevel.Critical,
            $"All UPSes of {target} fell silent within ten seconds, and so did {canary.Name}, while {answers} still answers: this is taken for an outage."
        );
    }

    /// <summary>Silent, and on line by its last word of this process.</summary>
    private static bool LostOnLine(UpsEvidence ups) =>
        ups is { Comm: Comm.Lost, SeenSinceStart: true, ConfirmedAt: null, OnBatterySince: null, Last: { } last }
        && last.Status.HasFlag(UpsStatus.OL)
        && (last.Status & (UpsStatus.CAL | UpsStatus.TEST | UpsStatus.OFF | UpsStatus.BYPASS)) == UpsStatus.None;

    private (string Name, TimeSpan Since)? SilentCanary(List<UpsEvidence> lost)
    {
        var (first, last) = (lost.Min(u => u.Last?.Taken), lost.Max(u => u.Last?.Taken));
        var near = Witnesses.CanariesOf(Model, _state, [.. lost.Select(u => u.Policy.UpsId)]).ToList();
        if (near.Exists(c => c.View.Answers))
            return null;
        var silent = near.Find(c =>
            c.View.EverAnswered && c.View.Since >= first - LostTogether && c.View.Since <= last + CanaryLag
        );
        return silent.Name is null ? null : (silent.Name, silent.View.Since);
    }

    /// <summary>Something on UPS power that has answered since: the way through the network stands.</summary>
    private string? StillAnswers(List<UpsEvidence> lost, TimeSpan since)
    {
        var silence = lost.Max(u => u.Last?.Taken) is { } last && last > since ? last : since;
        foreach (var (id, host) in _state.Hosts)
        {
            if (host.Answers == true ? host.SeenAt > silence : host.WitnessedSilenceSince > silence)
                return HostName(id);
        }
        var others = _state.Upses.Values.Concat(_state.Witnesses.Values).Except(lost).ToList();
        // One of the same circuit that is on line says that mains is there.
        if (others.Exists(o => o.OnLine && lost.Exists(u => Witnesses.SameCircuit(u, o))))
            return null;
        return others.Find(o => o.Comm == Comm.Ok && o.Last?.Taken > silence)?.Policy.Name;
    }

    /// <summary>The canary answers again and no UPS ever said OB: it was the way to them that was lost.</summary>
    private void TakeLossBack()
    {
        foreach (var (id, ups) in _state.Upses.Where(u => u.Value.ByLoss).ToList())
        {
            var back = Witnesses
                .CanariesOf(Model, _state, [id])
                .Any(c => c.View.Answers && Now - c.View.Since >= AnswersAgain);
            if (!back)
                continue;
            _state = _state with { Upses = _state.Upses.SetItem(id, ups.LostAlone()) };
            _supplies.Clear();
            Tell(
                "plan.lossTakenBack",
                NoticeLevel.Warning,
                $"The mains witness of {ups.Policy.Name} answers again: its silence is no longer taken for an outage."
            );
        }
    }
}
