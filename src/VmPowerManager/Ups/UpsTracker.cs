using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>Owns what is known of one UPS, and tells everybody else: the feed first, then events, outages and history,
/// none of which may wait for a database, and whose bugs reach neither the feed nor the loop. One writer, the loop of the
/// UPS; any reader.</summary>
internal sealed partial class UpsTracker(UpsConfig config, UpsOutlets outlets, TimeProvider time, ILogger logger)
{
    /// <summary>Those that threw the last time: a bug at every poll is one line in the log.</summary>
    private readonly HashSet<string> _failing = [];
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
        if (after.Latest?.Reading is not { Status: not UpsStatus.None } reading)
            return;
        var poll = config.Policy.PollSeconds;
        Try("history", () => outlets.History.Record(config.Id, reading, after.Evidence.OnBatterySeen, poll));
        Try("power quality", () => outlets.Inputs.Follow(after, reading));
        Try("self-tests", () => outlets.Tests.Follow(after, reading));
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
        outlets.Witnesses.Follow(after.Evidence);
        Try(
            "events",
            () =>
            {
                foreach (var change in UpsTransitions.Between(before, after, now, outlets.Witnesses.OnBattery))
                    outlets.Events.Append(change);
            }
        );
        Try("outages", () => outlets.Outages.Follow(after, now));
        Try("screens", () => outlets.Screens.Show(before, after, now));
    }

    private void Try(string outlet, Action tell)
    {
        try
        {
            tell();
            _failing.Remove(outlet);
        }
        catch (Exception e)
        {
            if (_failing.Add(outlet))
                LogOutletFailed(logger, e, config.Name, outlet);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Ups}: telling {Outlet} failed; polling goes on")]
    private static partial void LogOutletFailed(ILogger logger, Exception exception, string ups, string outlet);
}

/// <summary>Where a tracker tells what it saw.</summary>
internal sealed record UpsOutlets(
    UpsFeed Feed,
    EventLog Events,
    UpsScreens Screens,
    UpsWitnesses Witnesses,
    Outages.OutageRecorder Outages,
    History.HistoryRecorder History,
    Quality.InputLog Inputs,
    Battery.TestLog Tests
);
