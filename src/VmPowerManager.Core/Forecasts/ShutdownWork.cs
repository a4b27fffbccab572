using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>What a shutdown has still to do, with the time that each of it takes.</summary>
public static class ShutdownWork
{
    /// <summary>POLICY C7: under compression a rung keeps so many seconds, or its usual time, while any time is left.</summary>
    public const double FloorSeconds = 20;
    private const double ForceSeconds = 5;

    /// <summary>A whole shutdown of what runs, or of <paramref name="among"/>.</summary>
    public static ImmutableArray<WorkItem> Whole(
        PlanModel model,
        PlanState state,
        TimeSpan now,
        Func<TargetRef, string, bool>? among = null
    ) =>
        Of(model, state, StepList.Shutdown(model, state), now, among ?? ((target, key) => !IsDown(state, target, key)));

    /// <summary>What is open of <paramref name="steps"/>, and the guests that no step names (C5).</summary>
    /// <param name="shortest">With the least that compression leaves of it (C7).</param>
    public static ImmutableArray<WorkItem> Of(
        PlanModel model,
        PlanState state,
        ImmutableArray<StepState> steps,
        TimeSpan now,
        Func<TargetRef, string, bool> among,
        bool shortest = false
    )
    {
        var items = ImmutableArray.CreateBuilder<WorkItem>(steps.Length);
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var key = step.Target.Key;
            named.Add(key);
            if (!step.Terminal && (step.Status == StepStatus.Running || among(step.Target, key)))
                items.Add(ItemOf(model, state, step, key, now, shortest));
        }
        var running = state
            .Guests.Where(g => g.Value.Power is PowerState.Running or PowerState.Paused)
            .ToLookup(g => g.Value.HostId);
        foreach (
            var host in steps.Where(s =>
                !s.Terminal && s is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown }
            )
        )
        {
            if (host.AskedAt is null && model.Hosts.TryGetValue(host.Target.HostId, out var of))
                items.AddRange(
                    Uncovered(running, named, of, among)
                        .Select(g => ItemOf(model, state, StepOf(host, of, g.Target), g.Key, now, shortest))
                );
        }
        return items.ToImmutable();
    }

    /// <summary>The manager's own guest goes down with its host.</summary>
    private static IEnumerable<(string Key, TargetRef Target)> Uncovered(
        ILookup<int, KeyValuePair<string, GuestView>> running,
        HashSet<string> named,
        HostModel host,
        Func<TargetRef, string, bool> among
    ) =>
        running[host.Id]
            .Where(g => g.Key != host.ManagerGuestKey && !named.Contains(g.Key))
            .Select(g => (g.Key, Target: TargetRef.Of(g.Value)))
            .Where(g => among(g.Target, g.Key));

    private static StepState StepOf(StepState host, HostModel of, TargetRef guest) =>
        new()
        {
            Phase = host.Phase,
            PhaseIndex = host.PhaseIndex,
            Target = guest,
            Action = StepAction.Shutdown,
            Ladder = of.DefaultLadder,
            Uncovered = true,
        };

    private static WorkItem ItemOf(
        PlanModel model,
        PlanState state,
        StepState step,
        string key,
        TimeSpan now,
        bool shortest
    )
    {
        var hostId =
            step.Target.Kind == TargetKind.Guest
                ? state.Guests.GetValueOrDefault(key)?.HostId ?? step.Target.HostId
                : step.Target.HostId;
        var takes = step.Status == StepStatus.Running ? RestOf(model, step, key, now) : TimeOf(model, step, key, 0);
        var host = step.Target.Kind == TargetKind.Host && step.Action != StepAction.Command;
        var guess = takes.Confidence == Confidence.Bounds ? takes.Usual / 2 : takes.Usual;
        return new WorkItem
        {
            Key = key,
            Target = step.Target,
            Action = step.Action,
            Phase = step.Phase,
            PhaseIndex = step.PhaseIndex,
            Rank = StepList.RankOf(model, step),
            HostId = hostId,
            FedAs = model.Hosts.ContainsKey(hostId) ? hostId : step.Target.HostId,
            Takes = takes,
            GuessSeconds = guess,
            LeastSeconds = host || !shortest ? guess : LeastOf(model, step, key, now),
            AfterwardsSeconds = host || !shortest ? guess : AfterwardsOf(model, step, key),
            ProofSeconds = host ? model.Hosts.GetValueOrDefault(step.Target.HostId)?.OffSilenceSeconds ?? 0 : 0,
            // A host that waits for its last guests was not told yet.
            Running = step.Status == StepStatus.Running && !(host && step.AskedAt is null),
            Needs = step.Needs,
        };
    }

    /// <summary>UPS outputs are cut when everything is off: that needs no battery any more.</summary>
    private static ExpectedDuration TimeOf(PlanModel model, StepState step, string key, int rung) =>
        step switch
        {
            { Target.Kind: TargetKind.Ups } => new(0, 0, Confidence.Learned),
            { Action: StepAction.WaitUntil } => ExpectedDuration.Of(
                ExpectedDuration.LearnedOf(model, key, step.Action),
                step.Ready?.TimeoutSeconds ?? 0
            ),
            _ => ExpectedDuration.Of(model, key, step.Ladder, rung),
        };

    /// <summary>Past its likely time, what remains to its limit.</summary>
    private static ExpectedDuration RestOf(PlanModel model, StepState step, string key, TimeSpan now)
    {
        if (step.Ladder.Length == 0)
            return TimeOf(model, step, key, 0);
        var since = step.Target.Kind == TargetKind.Host ? step.AcceptedAt ?? step.AskedAt ?? now : step.RungAt ?? now;
        var elapsed = Math.Max(0, (now - since).TotalSeconds);
        var takes = TimeOf(model, step, key, step.Rung);
        var bound = (double)step.Ladder.Skip(step.Rung).Sum(r => r.TimeoutSeconds);
        return takes with { Usual = Rest(takes.Usual), Likely = Rest(takes.Likely) };

        double Rest(double seconds) =>
            elapsed < seconds ? seconds - elapsed : Math.Max(1, Math.Max(takes.Likely, bound) - elapsed);
    }

    private static double LeastOf(PlanModel model, StepState step, string key, TimeSpan now)
    {
        if (step.Ladder.Length == 0)
            return 0;
        var floor = Floor(model, key, step.Ladder[Math.Min(step.Rung, step.Ladder.Length - 1)]);
        var elapsed = step.Status == StepStatus.Running ? (now - (step.RungAt ?? now)).TotalSeconds : 0;
        return elapsed < floor ? floor - elapsed : AfterwardsOf(model, step, key);
    }

    /// <summary>Forcing takes a moment, saving its usual time; where a ladder has neither, compression adds both.</summary>
    private static double AfterwardsOf(PlanModel model, StepState step, string key)
    {
        if (step.Target.Kind != TargetKind.Guest)
            return 0;
        var rungs = step.Ladder.Skip(step.Rung + 1).ToList();
        var forced = step.Ladder.Any(r => r.Action == StepAction.ForceOff);
        var save = Floor(model, key, new() { Action = StepAction.Save, TimeoutSeconds = (int)FloorSeconds });
        var saves =
            rungs.Exists(r => r.Action == StepAction.Save)
            || (!forced && step.Ladder.All(r => r.Action != StepAction.Save));
        return (saves ? save : 0) + ForceSeconds;
    }

    /// <summary>C7: what compression leaves of a rung, seconds.</summary>
    public static double Floor(PlanModel model, string key, RungDefinition rung) =>
        Math.Min(
            rung.TimeoutSeconds,
            Math.Max(FloorSeconds, ExpectedDuration.LearnedOf(model, key, rung.Action)?.P50 ?? 0)
        );

    /// <summary>Seen off or saved: there is nothing to do.</summary>
    public static bool IsDown(PlanState state, TargetRef target, string key) =>
        target.Kind == TargetKind.Guest
            ? state.Guests.GetValueOrDefault(key) is { Power: PowerState.Off or PowerState.Saved }
            : target.Kind == TargetKind.Host
                && state.Hosts.GetValueOrDefault(target.HostId) is { Answers: false, WitnessedSilenceSince: not null };
}
