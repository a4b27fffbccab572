using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>What a startup brings back, and in which order (POLICY E1, E2, E4).</summary>
internal sealed partial class Turn
{
    private bool ObservedUp(TargetRef target) =>
        target.Kind == TargetKind.Host
            ? ObservedUp(target.HostId)
            : ViewOf(target) is { Power: PowerState.Running } view && ObservedUp(view.HostId);

    private bool ObservedUp(int hostId) => _state.Hosts.GetValueOrDefault(hostId)?.Answers == true;

    /// <summary>One thing to bring back. <paramref name="Written"/>: the startup's own step; null where it mirrors.</summary>
    private sealed record ToStart(TargetRef Target, int Phase, StepDefinition? Written = null);

    /// <summary>What to bring back, in its order (E2, E4): mirrored, or as the startup's own phases have it.</summary>
    private ImmutableArray<StepState> StartList(bool everything, bool byPerson)
    {
        var snapshot = _state.Cycle?.Snapshot ?? ImmutableSortedDictionary<string, SnapshotEntry>.Empty;
        var shutdown = StepList
            .Shutdown(configured, _state)
            .Where(s => s.MovesTarget && s.Target.Kind != TargetKind.Ups && s.Target.HostId != 0)
            .ToList();
        var covered = shutdown.Select(s => KeyOf(s.Target)).ToHashSet();
        var rules = StartRules();
        var wanted = shutdown
            .Select(s => new ToStart(s.Target, s.PhaseIndex))
            .Reverse()
            .Concat(NamedByStartup())
            .Concat(
                snapshot
                    .Where(e => !covered.Contains(e.Key) && IsOurs(e.Value))
                    .Select(e => new ToStart(e.Value.Target, PhaseOfHost(shutdown, HostOf(e.Value.Target))))
            )
            .DistinctBy(s => KeyOf(s.Target))
            .Where(s => IsWanted(s.Target, rules, everything, byPerson))
            .ToList();
        wanted.AddRange(DeadHosts(wanted, snapshot, shutdown));
        var words = StartWords();
        return configured.Definition.Startup.Mirror
            ? [.. Mirrored(wanted).Select(s => StartStep(s, words))]
            : [.. AsWritten(wanted).Select(s => StartStep(s, words))];
    }

    private IEnumerable<ToStart> Mirrored(List<ToStart> wanted)
    {
        var last = configured.Definition.Phases.Length - 1;
        return wanted
            .OrderBy(s => last - s.Phase)
            .ThenBy(s => s.Target.Kind == TargetKind.Host ? 0 : 1)
            .Select(s => s with { Phase = last - s.Phase });
    }

    /// <summary>Not named by the plan one by one, yet stopped by it, or one of "all guests of" a host.</summary>
    private bool IsOurs(SnapshotEntry entry) =>
        entry.Touched
        || (
            entry.Target.Kind == TargetKind.Guest
            && configured
                .Definition.Phases.SelectMany(p => p.Steps)
                .Any(s => s.Target.GuestsOf == entry.Target.HostId && !s.Target.Except.Any(id => id == entry.Target.Id))
        );

    /// <summary>Hosts that no step names, and that died with their guests: waited for before those are started (E4).</summary>
    private List<ToStart> DeadHosts(
        List<ToStart> wanted,
        ImmutableSortedDictionary<string, SnapshotEntry> snapshot,
        List<StepState> shutdown
    ) =>
        [
            .. wanted
                .Where(s => s.Target.Kind == TargetKind.Guest)
                .Select(s => TargetRef.HostKey(HostOf(s.Target)))
                .Distinct()
                .Where(key => wanted.TrueForAll(s => KeyOf(s.Target) != key))
                .Select(snapshot.GetValueOrDefault)
                .OfType<SnapshotEntry>()
                .Where(e => !ObservedUp(e.Target))
                .Select(e => new ToStart(e.Target, PhaseOfHost(shutdown, e.Target.HostId))),
        ];

    private ILookup<(int? Guest, int? Host), StartupRule> StartRules() =>
        PlanSteps
            .Startup(configured.Definition)
            .Select(s => s.Step)
            .Where(s => s.Startup != StartupRule.IfRunning)
            .Concat(configured.Definition.Phases.SelectMany(p => p.Steps))
            .Where(s => PlanSteps.MovesTarget(s.Action))
            .Where(s => s.Target.GuestId is not null || s.Target.HostId is not null)
            .ToLookup(s => (s.Target.GuestId, s.Target.HostId), s => s.Startup);

    private bool IsWanted(
        TargetRef target,
        ILookup<(int? Guest, int? Host), StartupRule> rules,
        bool everything,
        bool byPerson
    )
    {
        var rule = rules[target.Kind == TargetKind.Guest ? (target.Id, null) : (null, target.Id)]
            .DefaultIfEmpty(StartupRule.IfRunning)
            .First();
        var entry = EntryOf(KeyOf(target));
        if (rule == StartupRule.Never || (entry is { ByPerson: true } && !byPerson && !everything))
            return false;
        if (!everything && InMaintenance(target))
            return false;
        return everything
            || rule == StartupRule.Always
            || (entry is { Power: PowerState.Running } && (entry.Stopped || !ObservedUp(target) || Unsettled(entry)));
    }

    private static int PhaseOfHost(List<StepState> steps, int hostId) =>
        steps
            .Where(s => s.Target.Kind == TargetKind.Host && s.Target.HostId == hostId)
            .Select(s => s.PhaseIndex)
            .DefaultIfEmpty(0)
            .First();
}
