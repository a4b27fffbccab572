using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Cuts the output of a UPS, as the last act (C9, I13): every host that it feeds is off by positive evidence and
/// was looked at just now, mains is gone, and what would not come back by itself is cut at all its UPSes or at none.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan LookedWithin = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan ProbedWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(20);

    /// <summary>A device that says no so often will not do it: our own host does not wait for it any longer.</summary>
    private const int MostRefusals = 3;

    /// <summary>Room between our own host's shutdown and the cut of what feeds it (C9).</summary>
    private static readonly TimeSpan OwnHostMargin = TimeSpan.FromSeconds(60);

    /// <summary>Whether a cut may be: never in this run (and how the step then ends), not yet, or now.</summary>
    private sealed record CutVerdict(StepStatus? Never, Sentence? Because)
    {
        public static CutVerdict Now { get; } = new(null, null);

        public bool IsNow => Because is null;

        public static CutVerdict NotYet(Sentence because) => new(null, because);

        public static CutVerdict Refused(Sentence because) => new(StepStatus.Failed, because);

        public static CutVerdict NotWanted(Sentence because) => new(StepStatus.Skipped, because);
    }

    private void AdvanceCut(int index, StepState step)
    {
        if (InFlight(step))
            return;
        if (step is { Attempt: > 0, AcceptedAt: not null })
        {
            Finish(
                index,
                StepStatus.Done,
                $"it took the order to cut its output after {Words.Duration(CutDelay(step).TotalSeconds)} and to return it with mains",
                null
            );
            return;
        }
        if (step is { AskedAt: not null, Effect: null, AcceptedAt: null, ResultLost: false })
            step = Refused(index, step);
        if (CalledOff(step) is { } why)
        {
            Finish(
                index,
                step is { Attempt: > 0, ResultLost: true } ? StepStatus.Unknown : StepStatus.Cancelled,
                null,
                why
            );
            return;
        }
        var verdict = JudgeWithOthers(step);
        if (verdict.Never is { } status)
            Finish(index, status, null, verdict.Because);
        else if (CutTimedOut(index, step, verdict))
            Finish(index, StepStatus.Failed, null, NotCut(step, verdict));
        else if (verdict.IsNow && !HeldBack(step))
            ProbeOrCut(index, step);
    }

    private static Sentence NotCut(StepState step, CutVerdict verdict) =>
        verdict.Because is { } because ? Sentence.Of($"Its output was not cut: {because}.")
        : step.Detail is { } words ? Sentence.Of($"Its output was not cut: {Words.Bare(words)}.")
        : Sentence.Of($"Its output was not cut in time.");

    /// <summary>The bound runs from when our own host is ready to go, whose guests have a time of their own (I6).</summary>
    private bool CutTimedOut(int index, StepState step, CutVerdict verdict)
    {
        if (ManagerFedBy(step) is { } own && !OwnHostIsReady(own))
            return false;
        if (step.RungAt == step.BeganAt && Now > step.BeganAt)
            SetStep(index, step with { RungAt = Now });
        // A look takes a second or two: one that has just become good is used.
        var bound = TimeSpan.FromSeconds(Math.Max(step.Ladder[0].TimeoutSeconds, 15));
        return verdict.IsNow
            ? step.Refusals >= MostRefusals || Now - step.RungAt >= bound * 2
            : Now - step.RungAt >= bound;
    }

    /// <summary>Counts a refusal, once. What was refused will not be cut.</summary>
    private StepState Refused(int index, StepState step)
    {
        if (step.Attempt > 0)
            ForgetOrder(step);
        if (Now - step.AskedAt < RetryAfter && step.Refusals + 1 < MostRefusals)
            return step;
        var refused = step with { AskedAt = null, Attempt = 0, Refusals = step.Refusals + 1 };
        SetStep(index, refused);
        return refused;
    }

    /// <summary>What the device says is read again first, and whether it can do it; then it is told.</summary>
    private void ProbeOrCut(int index, StepState step)
    {
        var mine = Run?.Steps[index] ?? step;
        if (!IsProbed(mine))
        {
            if (mine is { AskedAt: not null, AcceptedAt: null, ResultLost: false })
                return; // Refused a moment ago.
            SetStep(
                index,
                mine with
                {
                    Effect = IssueCut(mine, EffectKind.Probe, CutDelay(mine)),
                    AskedAt = Now,
                    AcceptedAt = null,
                    ResultLost = false,
                    Attempt = 0,
                }
            );
            return;
        }
        if (OthersToCut(mine).All(o => o is { Status: StepStatus.Done } or { Attempt: > 0 } || IsProbed(o)))
            Cut(index, mine);
    }

    private bool IsProbed(StepState step) =>
        step is { Attempt: 0, ResultLost: false, AcceptedAt: { } at } && Now - at <= ProbedWithin;

    private void Cut(int index, StepState step)
    {
        var delay = CutDelay(step);
        var effect = IssueCut(step, EffectKind.UpsCut, delay);
        SetStep(index, step with { Effect = effect, AskedAt = Now, AcceptedAt = null, Attempt = step.Attempt + 1 });
        // D2: the first cut is the point of no return.
        if (Run is { PastNoReturn: false } run)
            SetRun(run with { PastNoReturn = true });
        if (_state.Cycle is { } cycle && step.Target.Id is { } upsId)
        {
            var order = new CutOrder
            {
                UpsId = upsId,
                Name = step.Target.Name,
                Effect = effect,
                OrderedAt = Now,
                Delay = delay,
                ManagerHostId = ManagerFedBy(step)?.Id,
            };
            _state = _state with { Cycle = cycle with { Cuts = cycle.Cuts.SetItem(upsId, order) } };
        }
        Tell(
            "ups.cut",
            NoticeLevel.Critical,
            $"{step.Target.Name} is told to cut its output after {Words.Duration(delay.TotalSeconds)}, and to return it with mains: every host that it feeds is off.",
            ("target", step.Target.Name),
            ("delaySeconds", delay.TotalSeconds.ToString("0", Words.Culture))
        );
    }

    private long IssueCut(StepState step, EffectKind kind, TimeSpan delay)
    {
        var id = Issue(step, kind, StepAction.CutOutput, CutLimit);
        _effects[^1] = _effects[^1] with { UpsId = step.Target.Id, Delay = delay };
        return id;
    }

    /// <summary>As the plan says, and for what feeds our own host as long as C9 asks: the learned time of its shutdown, else
    /// its time-out, and a minute.</summary>
    private TimeSpan CutDelay(StepState step)
    {
        var wanted = TimeSpan.FromSeconds(step.CutDelaySeconds ?? 0);
        if (ManagerFedBy(step) is not { } own)
            return wanted;
        var key = LearnedDuration.KeyOf(TargetRef.HostKey(own.Id), StepAction.Shutdown);
        var seconds =
            Model.Durations.GetValueOrDefault(key)?.P95
            ?? OwnStep(own)?.Ladder.Sum(r => (double)r.TimeoutSeconds)
            ?? own.OffSilenceSeconds;
        return Later(wanted, TimeSpan.FromSeconds(Math.Ceiling(seconds)) + OwnHostMargin);
    }

    /// <summary>Every managed host that hangs on this UPS, of any plan; what was added since the run began too (I13).</summary>
    private IEnumerable<HostModel> FedBy(int upsId) =>
        Model
            .Hosts.Values.Concat(Model.Bystanders.Values)
            .Concat(configured.Hosts.Values)
            .Concat(configured.Bystanders.Values)
            .DistinctBy(h => h.Id)
            .Where(h => Model.SuppliesOf(h).Any(s => s.UpsId == upsId));

    private HostModel? ManagerFedBy(StepState step) =>
        FedBy(step.Target.Id ?? 0).FirstOrDefault(h => h.Rank == HostRank.Manager);

    private StepState? OwnStep(HostModel host) =>
        Run?.Steps.FirstOrDefault(s =>
            s is { Action: StepAction.Shutdown, Target.Kind: TargetKind.Host } && s.Target.HostId == host.Id
        );

    /// <summary>Hosts to look at every second while a cut waits for them.</summary>
    private IEnumerable<int> LookedAtForCuts(RunState run) =>
        run
            .Steps.Where(s => s is { Target.Kind: TargetKind.Ups, Selected: true, Terminal: false })
            .SelectMany(s => FedBy(s.Target.Id ?? 0))
            .Select(h => h.Id);

    private void TakeProvedOff(HostProvedOff off)
    {
        var view = _state.Hosts.GetValueOrDefault(off.HostId) ?? new HostView();
        if (view.SeenAt > off.Taken || view.ProvedOffAt >= off.Taken)
            return; // It was heard since, or that is known.
        _state = _state with
        {
            Hosts = _state.Hosts.SetItem(off.HostId, view with { Answers = false, ProvedOffAt = off.Taken }),
        };
    }
}
