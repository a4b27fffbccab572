using System.Collections.Immutable;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>When time left is less than time needed (POLICY C7): no waits between phases, parallel within C6, shorter time
/// limits, and at last guests that are sacrificed, those of the lowest priority first. It says what it does and why.</summary>
internal sealed partial class Turn
{
    /// <summary>What a time limit keeps when the batteries are empty by their own word.</summary>
    private const double LastSeconds = 5;

    /// <summary>Phases do not wait for each other any more, and time limits may be shorter than written.</summary>
    private bool Squeezed => Run is { CompressedBecause: not null };

    private void Compress()
    {
        if (!Plan.Compression || Run is not { } run)
            return;
        var ahead = LookAhead(run.Steps);
        if (!ahead.Shares.IsEmpty)
            Sacrifice(ahead);
    }

    /// <summary>By how much time limits are shortened, host by host: those that carry others shorten theirs too.</summary>
    private Ahead Shortened(Ahead ahead, ImmutableArray<StepState> steps)
    {
        if (!Plan.Compression)
            return ahead;
        var items = ShutdownWork.Of(
            Model,
            _state,
            [.. steps.Where(s => s.Selected)],
            Now,
            (t, key) => !ShutdownWork.IsDown(_state, t, key),
            shortest: true
        );
        var likely = EndsOf(items, i => i.Takes.Likely, Squeezed);
        var left = likely
            .Keys.Select(id => (Id: id, Left: TimeLeft(id)))
            .Where(l => l.Left is not null)
            .ToDictionary(l => l.Id, l => l.Left ?? 0);
        var tight = left.Where(l => l.Value < likely[l.Key]).Select(l => l.Key).ToList();
        if (tight.Count == 0)
            return ahead;
        TellCompressed(tight.MinBy(id => left[id] - likely[id]), left, likely);
        var written = EndsOf(items, i => i.IsMachine ? i.GuessSeconds : i.Takes.Likely, abreast: true);
        var kept = EndsOf(items, i => i.IsMachine ? i.GuessSeconds : i.AfterwardsSeconds, abreast: true);
        var least = EndsOf(items, i => i.IsMachine ? i.GuessSeconds : i.LeastSeconds, abreast: true);
        var own = left.ToDictionary(l => l.Key, l => ShareOf(l.Value, written[l.Key], kept[l.Key]));
        var late = left.Where(l => least[l.Key] > l.Value).Select(l => l.Key).ToList();
        return ahead with
        {
            Shares = likely.Keys.ToImmutableSortedDictionary(
                id => id,
                id => own.Where(o => Carries(o.Key, id)).Select(o => o.Value).DefaultIfEmpty(1).Min()
            ),
            Late = [.. likely.Keys.Where(id => late.Exists(l => Carries(l, id)))],
            Empty = [.. left.Where(l => l.Value <= 0).Select(l => l.Key)],
        };
    }

    private static double ShareOf(double left, double written, double kept) =>
        left >= written ? 1 : Math.Clamp((left - kept) / Math.Max(1, written - kept), 0, 1);

    /// <summary>Who is late, and whom it may hurry: itself, and whatever has to be down before it (C6).</summary>
    private bool Carries(int hostId, int other) => hostId == other || Ranks.Of(Model, hostId) > Ranks.Of(Model, other);

    private void TellCompressed(int hostId, Dictionary<int, double> left, Dictionary<int, double> likely)
    {
        if (Run is not { CompressedBecause: null } run)
            return;
        var (has, needs) = (Words.Duration(left[hostId]), Words.Duration(likely[hostId]));
        Sentence because = $"{HostName(hostId)} has {has} of battery left and needs {needs}";
        SetRun(run with { Compressed = true, CompressedBecause = because });
        Tell(
            "run.compressed",
            NoticeLevel.Critical,
            $"Time is short: {because}. Phases no longer wait for each other, and time limits are shortened.",
            ("target", HostName(hostId)),
            ("leftSeconds", left[hostId].ToString("0", Words.Culture)),
            ("neededSeconds", likely[hostId].ToString("0", Words.Culture))
        );
    }

    /// <summary>Guests that have had what compression leaves them are saved, then forced off, the lowest priority first, a
    /// third of the priorities a second.</summary>
    private void Sacrifice(Ahead ahead)
    {
        if (Run is not { } run || ahead.At != Now)
            return;
        var open = Enumerable
            .Range(0, run.Steps.Length)
            .Where(i =>
                run.Steps[i] is { Selected: true, Terminal: false, Sacrificed: false, Target.Kind: TargetKind.Guest }
            )
            .Where(i => HadItsTime(run.Steps[i], ahead))
            .ToLookup(i => PriorityOf(run.Steps[i].Target));
        if (open.Count == 0)
            return;
        var priorities = open.Select(g => g.Key).Order().Take((open.Count + 2) / 3).ToList();
        var given = priorities.SelectMany(p => open[p]).ToList();
        foreach (var i in given)
            SetStep(i, Given(run.Steps[i]));
        var names = Sentence.Join(", ", given.Take(10).Select(i => Sentence.Verbatim(run.Steps[i].Target.Name)));
        var more = given.Count > 10 ? Sentence.Of($" and {given.Count - 10} more") : null;
        Tell(
            "run.compressed",
            NoticeLevel.Critical,
            $"Time is too short even so: {names}{more} (priority {priorities[^1]}) are saved or forced off, so that the rest gets down in time.",
            ("priority", priorities[^1].ToString(Words.Culture)),
            ("guests", given.Count.ToString(Words.Culture))
        );
    }

    /// <summary>Its least when its host is late even so; else its shortened time, where nothing follows in its ladder.</summary>
    private bool HadItsTime(StepState step, Ahead ahead)
    {
        var host = FedAs(step.Target);
        if (step.Ladder.Length == 0 || !AskedOnRung(step) || ahead.Shares.GetValueOrDefault(host, 1) >= 1)
            return false;
        var elapsed = ElapsedOnRung(step);
        return (ahead.Late.Contains(host) && elapsed >= FloorOf(step))
            || (step.Rung + 1 == step.Ladder.Length && elapsed >= ShortenedSeconds(step, ahead.Shares[host]));
    }

    private int PriorityOf(TargetRef target) => Model.Guests.GetValueOrDefault(KeyOf(target))?.Priority ?? 0;

    /// <summary>What its ladder lacks of save and force off is added; nothing forces one that must never be forced.</summary>
    private static StepState Given(StepState step)
    {
        var ladder = step.Ladder;
        var forces = ladder.Any(r => r.Action == StepAction.ForceOff);
        if (!forces && ladder.All(r => r.Action != StepAction.Save))
            ladder = ladder.Add(new() { Action = StepAction.Save, TimeoutSeconds = (int)ShutdownWork.FloorSeconds });
        if (!forces && !step.NeverForce)
            ladder = ladder.Add(
                new() { Action = StepAction.ForceOff, TimeoutSeconds = (int)ShutdownWork.FloorSeconds }
            );
        return step with { Sacrificed = true, Ladder = ladder };
    }

    private double ElapsedOnRung(StepState step) => (Now - (step.RungAt ?? Now)).TotalSeconds;

    private double FloorOf(StepState step) =>
        _state.Ahead?.Empty.Contains(FedAs(step.Target)) == true
            ? Math.Min(LastSeconds, step.Ladder[step.Rung].TimeoutSeconds)
            : ShutdownWork.Floor(Model, KeyOf(step.Target), step.Ladder[step.Rung]);

    /// <summary>The time of a step's rung, as written or as compression leaves it. Hosts keep theirs, but where something
    /// stronger follows: to give up on one is no time won.</summary>
    private TimeSpan LimitOf(StepState step)
    {
        var written = step.Ladder[step.Rung].TimeoutSeconds;
        var shortens = step.Target.Kind == TargetKind.Guest || step.Rung + 1 < step.Ladder.Length;
        if (!Squeezed || !Plan.Compression || !shortens || _state.Ahead is not { } ahead)
            return TimeSpan.FromSeconds(written);
        var share = step.Sacrificed ? 0 : ahead.Shares.GetValueOrDefault(FedAs(step.Target), 1);
        // Where nothing follows, its time ends when it is given up: until then it may still obey.
        var last = step.Rung + 1 == step.Ladder.Length && !step.Sacrificed;
        return TimeSpan.FromSeconds(share >= 1 || last ? written : ShortenedSeconds(step, share));
    }

    /// <summary>The share is of the time that is left to it: what has passed is gone.</summary>
    private double ShortenedSeconds(StepState step, double share)
    {
        var written = step.Ladder[step.Rung].TimeoutSeconds;
        var elapsed = Math.Clamp(AskedOnRung(step) ? ElapsedOnRung(step) : 0, 0, written);
        var rest = (written - elapsed) * share;
        return Math.Min(written, Math.Max(FloorOf(step), rest < 1 ? 0 : elapsed + rest));
    }
}
