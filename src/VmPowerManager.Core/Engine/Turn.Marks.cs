using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>What the cycle remembers of each target (E1, E2).</summary>
internal sealed partial class Turn
{
    /// <summary>A guest or host that was asked to stop may still obey for so long.</summary>
    private static readonly TimeSpan SettleFor = TimeSpan.FromSeconds(120);

    private SnapshotEntry? EntryOf(string key) => _state.Cycle?.Snapshot.GetValueOrDefault(key);

    /// <summary>From here on the cycle knows that we deal with this target.</summary>
    private void MarkStopped(StepState step)
    {
        if (_state.Cycle is not { } cycle)
            return;
        if (step.Action == StepAction.WaitUntil)
            return;
        if (step.Action == StepAction.Command)
        {
            _state = _state with { Cycle = cycle with { Commands = cycle.Commands.Add(CommandKey(step)) } };
            return;
        }
        var entry = EntryOf(KeyOf(step.Target)) ?? new SnapshotEntry(step.Target, PowerState.Unknown);
        // What a person stopped stays a person's, unless it was started again since (E2).
        var theirs = entry.ByPerson && !ObservedUp(step.Target);
        var returned = entry.SeenOff && ObservedUp(step.Target);
        var byPerson = Run?.Cause == RunCause.Manual && !cycle.StartAfterLoss;
        var marked = entry with
        {
            Stopped = true,
            Touched = true,
            SeenOff = entry.SeenOff && !returned,
            ProvedOff = entry.ProvedOff && !returned,
            Returns = entry.Returns + (returned ? 1 : 0),
            ByPerson = byPerson || theirs,
        };
        _state = _state with { Cycle = cycle with { Snapshot = cycle.Snapshot.SetItem(KeyOf(step.Target), marked) } };
    }

    private static string CommandKey(StepState step) =>
        $"{step.Phase}/{step.Target.HostId}/{step.Command ?? step.Prepare ?? $"{step.Http} {step.Http?.Body}"}";

    private void MarkEnded(RunState run, StepState step)
    {
        var silent = _state.Hosts.GetValueOrDefault(step.Target.HostId) is not { Answers: true };
        var host = step.Target.Kind == TargetKind.Host;
        Func<SnapshotEntry, SnapshotEntry>? change = (run.Kind, step.Status) switch
        {
            (RunKind.Shutdown, StepStatus.Cancelled) => e =>
                e with
                {
                    Stopped = false,
                    ByPerson = e.ByPerson && (e.AskedAt is not null || !e.Touched),
                },
            (RunKind.Shutdown, StepStatus.Done) => e => e with { SeenOff = true, ProvedOff = true },
            (RunKind.Shutdown, StepStatus.Unknown) when host && silent => e => e with { SeenOff = true },
            // It has had its whole time and still answers: that is its last word, and its guests need not wait for it.
            (RunKind.Shutdown, StepStatus.Failed or StepStatus.Unknown) when host => e => e with { AskedAt = null },
            // Left alone from now on: it is not asked for ever (C5).
            (RunKind.Shutdown, StepStatus.Failed) => e => e with { SeenOff = false },
            (RunKind.Startup, StepStatus.Done) => Started,
            _ => null,
        };
        if (change is not null)
            Mark(KeyOf(step.Target), change);
    }

    /// <summary>The outage is over: the next one runs commands and stops what runs as if it were the first (I12).</summary>
    private void ForgetOutage()
    {
        if (_state.Cycle is not { } cycle)
            return;
        var entries = cycle.Snapshot;
        foreach (var (key, entry) in cycle.Snapshot.Where(e => e.Value.Returns > 0))
            entries = entries.SetItem(key, entry with { Returns = 0 });
        _state = _state with { Cycle = cycle with { Snapshot = entries, Commands = cycle.Commands.Clear() } };
    }

    private static SnapshotEntry Started(SnapshotEntry entry) =>
        entry with
        {
            Stopped = false,
            ByPerson = false,
            SeenOff = false,
            ProvedOff = false,
            AskedAt = entry.SeenOff ? null : entry.AskedAt,
        };

    /// <summary>What we deal with and what is seen off is remembered, so that its return is noticed (C5, I12).</summary>
    private void NoteOff(int hostId)
    {
        if (_state.Cycle is not { } cycle)
            return;
        foreach (var (key, entry) in cycle.Snapshot)
        {
            if (
                entry
                    is { SeenOff: false, Target.Kind: TargetKind.Guest }
                        and ({ Stopped: true } or { AskedAt: not null })
                && _state.Guests.GetValueOrDefault(key) is { Power: PowerState.Off or PowerState.Saved } view
                && view.HostId == hostId
            )
                Mark(key, e => e with { SeenOff = true });
        }
    }

    private void Mark(string key, Func<SnapshotEntry, SnapshotEntry> change)
    {
        if (_state.Cycle is { } cycle && cycle.Snapshot.TryGetValue(key, out var entry))
            _state = _state with { Cycle = cycle with { Snapshot = cycle.Snapshot.SetItem(key, change(entry)) } };
    }

    /// <summary>It was asked to stop not long ago, and was not seen off since: "running" is not its last word.</summary>
    private bool Unsettled(SnapshotEntry? entry) =>
        entry is { SeenOff: false, AskedAt: { } asked } && Now - asked < SettleFor;
}
