using System.Collections.Immutable;

namespace VmPowerManager.Core.Engine;

/// <summary>What must be undone (C10, I10): recorded in the step that issues it, paid when machines are back or the run
/// came to nothing, tried again with growing pauses, and shown until then.</summary>
internal sealed partial class Turn
{
    /// <summary>Then a person is asked: it stays, and is shown.</summary>
    private const int MostPayments = 10;
    private long? _owedNow;
    private static readonly TimeSpan PaymentLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>The command of a step is about to run: from now on its undoing is owed.</summary>
    private void Owe(StepState step)
    {
        if (step.Prepare is { } kind)
            Owe(step.Target, kind, Words.Prepared(kind), null);
        else if (step.Undo is { Length: > 0 } undo)
            Owe(step.Target, "command", Sentence.Of($"{Sentence.Verbatim(step.Command ?? "")}"), undo);
    }

    /// <summary>The same effect made again, in a second outage, is owed once (C10).</summary>
    private void Owe(TargetRef target, string kind, Sentence what, string? undo)
    {
        var known = _state.Debts.FirstOrDefault(d =>
            d.Kind == kind && d.Undo == undo && KeyOf(d.Target) == KeyOf(target)
        );
        if (known is not null)
        {
            SetDebt(
                known with
                {
                    Due = false,
                    Status = DebtStatus.Open,
                    Effect = null,
                    Attempts = 0,
                    AskedAt = null,
                    MadeFor = null,
                }
            );
            return;
        }
        var id = _state.LastEffect + 1;
        var debt = new Debt
        {
            Id = id,
            Kind = kind,
            Target = target,
            What = what,
            Undo = undo,
            MadeAt = now.Wall,
            RunId = Run?.Id ?? 0,
        };
        _state = _state with { LastEffect = id, Debts = _state.Debts.Add(debt) };
        _owedNow = id;
        Tell(
            "debt.made",
            NoticeLevel.Info,
            $"To be undone on {target.Name} when this is over: {what}.",
            ("target", target.Name),
            ("kind", kind)
        );
    }

    /// <summary>The effect that was just issued is the one that the debt was just made for.</summary>
    private void OweFor(long effect)
    {
        if (_state.Debts.FirstOrDefault(d => d.Id == _owedNow) is { } debt)
            SetDebt(debt with { MadeFor = effect });
        _owedNow = null;
    }

    /// <summary>It was so before by somebody else's doing, who is left to it (C10).</summary>
    private void DropDebtOf(EffectEnded end)
    {
        if (_state.Debts.FirstOrDefault(d => d.MadeFor == end.EffectId && d.Effect is null) is not { } debt)
            return;
        _state = _state with { Debts = _state.Debts.RemoveAll(d => d.Id == debt.Id) };
        Tell(
            "debt.settled",
            NoticeLevel.Info,
            $"It was so before on {debt.Target.Name}, and is not undone: {debt.What}.",
            ("target", debt.Target.Name)
        );
    }

    /// <summary>A shutdown begins: what is owed waits until the machines are back.</summary>
    private void KeepDebts()
    {
        if (_state.Debts.Any(d => d.Due))
            _state = _state with { Debts = [.. _state.Debts.Select(d => d with { Due = false })] };
    }

    /// <summary>C10: at the end of every run, but for a shutdown that did its work: its machines are down, and what was
    /// disarmed for them stays so until they are back.</summary>
    private void DebtsFallDue(RunState ended)
    {
        if (_state.Debts.Length == 0 || ended.Kind == RunKind.Rehearsal)
            return;
        if (ended is { Kind: RunKind.Shutdown, Status: RunStatus.Succeeded })
            return;
        _state = _state with { Debts = [.. _state.Debts.Select(d => d with { Due = true })] };
    }

    public void PayDebts()
    {
        if (_state.Debts.Length == 0)
            return;
        foreach (var debt in _state.Debts.Where(d => d.Status == DebtStatus.Paying && Now - d.AskedAt >= NoWordOf))
            NotPaid(debt, Sentence.Of($"There was no word of how it ended."));
        // The newest first, one at a time on a host: undone in the reverse order of doing.
        var hosts = _state.Debts.Where(d => d.Status == DebtStatus.Paying).Select(d => d.Target.HostId).ToHashSet();
        foreach (var debt in _state.Debts.Reverse())
        {
            if (debt.Status == DebtStatus.Open && hosts.Add(debt.Target.HostId) && IsPayable(debt))
                Pay(debt);
        }
    }

    private static TimeSpan NoWordOf => PaymentLimit + NoWordAfter;

    private bool IsPayable(Debt debt) =>
        MayBePaid(debt)
        && ObservedUp(debt.Target.HostId)
        && !(debt.AskedAt is { } asked && Now - asked < PauseAfter(debt.Attempts));

    /// <summary>No run is in progress, no startup comes that would pay at its end, and no outage keeps machines down.</summary>
    public bool MayBePaid(Debt debt) =>
        debt.Status == DebtStatus.Open
        && Run is null or { Kind: RunKind.Rehearsal }
        && (_state.Cycle is not { } cycle || (debt.Due && !StartupComes(cycle) && !StaysDown));

    /// <summary>What was stopped will be started by itself: the end of that startup pays.</summary>
    private bool StartupComes(CycleState cycle) =>
        cycle is { Settling: false }
        && (cycle.StartWanted || (cycle is { Acted: true, Manual: false, StartFailed: false } && MayActAlone));

    /// <summary>In an outage machines have to stay down, unless a person has stopped the plan.</summary>
    private bool StaysDown => AnyFails && _state.Hold is null;

    private static TimeSpan PauseAfter(int attempts)
    {
        var pause = FirstPause * Math.Pow(2, Math.Clamp(attempts - 1, 0, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    private void Pay(Debt debt)
    {
        var id = _state.LastEffect + 1;
        _effects.Add(
            new Effect
            {
                Id = id,
                Kind = EffectKind.PayDebt,
                HostId = debt.Target.HostId,
                TargetKey = $"debt:{debt.Id}",
                TargetName = debt.Target.Name,
                ExternalId = debt.Target.ExternalId,
                Command = debt.Undo,
                DebtId = debt.Id,
                DebtKind = debt.Kind,
                Repeats = debt.Attempts > 0,
                Limit = PaymentLimit,
            }
        );
        _state = _state with { LastEffect = id };
        SetDebt(debt with { Status = DebtStatus.Paying, Effect = id, AskedAt = Now, Attempts = debt.Attempts + 1 });
    }

    private bool TakeDebtEnd(EffectEnded end)
    {
        if (_state.Debts.FirstOrDefault(d => d.Effect == end.EffectId) is not { } debt)
            return false;
        if (!end.Ok)
            NotPaid(debt, WordsOf(end));
        else
        {
            _state = _state with { Debts = _state.Debts.RemoveAll(d => d.Id == debt.Id) };
            Tell(
                "debt.paid",
                NoticeLevel.Info,
                $"Undone on {debt.Target.Name}: {debt.What}.",
                ("target", debt.Target.Name)
            );
        }
        return true;
    }

    private void NotPaid(Debt debt, Sentence? words)
    {
        var last = debt.Attempts >= MostPayments;
        SetDebt(debt with { Status = last ? DebtStatus.Failed : DebtStatus.Open, Effect = null, Detail = words });
        if (!last && debt.Attempts > 1)
            return;
        var next = last ? Sentence.Of($"It is not tried again by itself.") : Sentence.Of($"It is tried again.");
        Tell(
            "debt.failed",
            last ? NoticeLevel.Critical : NoticeLevel.Warning,
            $"It could not be undone on {debt.Target.Name}: {debt.What} ({Words.Bare(words ?? Sentence.Verbatim("?"))}). {next}",
            ("target", debt.Target.Name),
            ("attempts", debt.Attempts.ToString(Words.Culture))
        );
    }

    /// <summary>A person undid it by hand, or wants it tried now.</summary>
    private void TakeSettled(DebtSettled settled)
    {
        if (_state.Debts.FirstOrDefault(d => d.Id == settled.DebtId) is not { } debt)
            return;
        if (!settled.TryAgain)
        {
            _state = _state with { Debts = _state.Debts.RemoveAll(d => d.Id == debt.Id) };
            Tell("debt.settled", NoticeLevel.Warning, $"{settled.Actor} says that it is undone: {debt.What}.");
        }
        else if (debt.Status != DebtStatus.Paying && Run is null or { Kind: RunKind.Rehearsal })
            Pay(debt with { Attempts = 0, Due = true });
    }

    private void SetDebt(Debt debt) =>
        _state = _state with { Debts = [.. _state.Debts.Select(d => d.Id == debt.Id ? debt : d)] };

    /// <summary>After a restart nobody will tell how a payment ended: it is tried again, which what undoes must bear.</summary>
    private static ImmutableArray<Debt> Unanswered(ImmutableArray<Debt> debts, bool newBoot) =>
        [
            .. debts.Select(d =>
                d with
                {
                    Status = d.Status == DebtStatus.Paying ? DebtStatus.Open : d.Status,
                    Effect = null,
                    AskedAt = newBoot || d.Status == DebtStatus.Paying ? null : d.AskedAt,
                }
            ),
        ];
}
