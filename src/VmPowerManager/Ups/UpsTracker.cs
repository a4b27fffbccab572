using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>Owns what is known of one UPS, and tells everybody else: the feed first, then events, outages and history,
/// none of which may wait for a database. One writer, the loop of the
/// UPS; any reader.</summary>
internal sealed class UpsTracker(UpsConfig config, UpsOutlets outlets, TimeProvider time)
{
    private volatile UpsSnapshot _snapshot = UpsSnapshot.Unseen(config, time.Elapsed());

    public UpsSnapshot Snapshot => _snapshot;

    /// <summary>When the evidence changes without a new reading, on the clock of <see cref="EngineTime"/>.</summary>
    public TimeSpan? NextDeadline => _snapshot.Evidence.NextDeadline(time.Elapsed());

    public void Observe(UpsOutcome outcome)
    {
        var now = time.Elapsed();
        var before = _snapshot;
        var after = before.Observe(outcome, now);
        _snapshot = after;
        if (after.Latest is { } observation)
            outlets.Feed.Publish(observation);
        Tell(before, after, now);
        if (after.Latest?.Reading is { Status: not UpsStatus.None } reading)
            outlets.History.Record(config.Id, reading, after.Evidence.OnBatterySeen);
    }

    public void Tick()
    {
        var now = time.Elapsed();
        var before = _snapshot;
        _snapshot = before.Tick(now);
        Tell(before, _snapshot, now);
    }

    /// <summary>A complete reading: status reads are laid over it from now on.</summary>
    public void Complete(UpsReading full) => _snapshot = _snapshot with { Full = full };

    private void Tell(UpsSnapshot before, UpsSnapshot after, TimeSpan now)
    {
        foreach (var change in UpsTransitions.Between(before, after, now))
            outlets.Events.Append(change);
        outlets.Outages.Follow(after, now);
        outlets.Screens.Show(before, after, now);
    }
}

/// <summary>Where a tracker tells what it saw.</summary>
internal sealed record UpsOutlets(
    UpsFeed Feed,
    EventLog Events,
    UpsScreens Screens,
    Outages.OutageRecorder Outages,
    History.HistoryRecorder History
);
