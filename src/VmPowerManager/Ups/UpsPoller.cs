using VmPowerManager.Core;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>The loop of one UPS (DESIGN 3): on line the status at its interval and the rest every 30 s; while not normal or
/// unconfirmed the status at the quick interval and the rest every 10 s. A status read never waits for the rest.
/// Told of news from the device, it reads the status at once, and quickly for a while: a card tells first and updates what
/// it is asked for a moment later. A fault here reaches no other UPS; the loop ends only when it is told to.</summary>
internal sealed partial class UpsPoller(
    UpsConfig config,
    UpsDrivers drivers,
    UpsTracker tracker,
    TimeProvider time,
    ILogger logger
)
{
    private const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FullOnLine = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FullInAlert = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenNews = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AttentiveAfterNews = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _onLine = TimeSpan.FromSeconds(config.Policy.PollSeconds);
    private TimeSpan _inAlert = TimeSpan.FromSeconds(config.Policy.PollSeconds);
    private TimeSpan? _statusBegan;
    private TimeSpan? _fullBegan;
    private bool _fullFails;
    private TimeSpan? _attentiveUntil;
    private volatile bool _news;
    private volatile bool _wanted;
    private volatile LoopAlarm? _alarm;

    private bool IsNormal => tracker.Snapshot.Facts.IsNormal;
    private bool IsCalm => IsNormal && !(time.Elapsed() < _attentiveUntil);
    private TimeSpan StatusDue => _wanted ? TimeSpan.Zero : _statusBegan + StatusInterval ?? TimeSpan.Zero;
    private TimeSpan StatusInterval =>
        (IsCalm ? _onLine : _inAlert) is var regular && _news && BetweenNews < regular ? BetweenNews : regular;
    private TimeSpan FullDue => _fullBegan + (IsNormal ? FullOnLine : FullInAlert) ?? TimeSpan.Zero;

    /// <summary>The device has news: the status is read now, at most four times a second however often this is called. Any
    /// thread, never waits.</summary>
    public void PollNow()
    {
        _news = true;
        _alarm?.Ring();
    }

    /// <summary>Somebody waits for a reading: the status is read once, at once. Any thread, never waits.</summary>
    public void ReadNow()
    {
        _wanted = true;
        _alarm?.Ring();
    }

    /// <summary>Polls until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var driver = drivers.Get(config.Driver);
                _inAlert = TimeSpan.FromSeconds(Math.Min(config.Policy.PollSeconds, driver.Traits.AlertPollSeconds));
                await using var session = driver.Open(config.Device);
                await PollAsync(session, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                TellBug(e);
            }
            await Task.Delay(Restart, time, ct).ConfigureAwait(Quietly);
        }
    }

    /// <summary>Never throws: what fails on the way of telling must not end the loop, or an outage would go unseen.</summary>
    private void TellBug(Exception bug)
    {
        try
        {
            tracker.Observe(
                new UpsOutcome(null, new CommFault(CommFaultKind.Refused, $"Internal error: {bug.Message}"))
            );
        }
        catch (Exception e)
        {
            bug = new AggregateException(bug, e);
        }
        try
        {
            LogLoopFailed(logger, bug, config.Name);
        }
        catch (Exception)
        {
            // A log that cannot be written is no reason to poll no more.
        }
    }

    private async Task PollAsync(IUpsSession session, CancellationToken ct)
    {
        using var alarm = new LoopAlarm(time);
        _alarm = alarm;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<UpsOutcome>? full = null;
        try
        {
            while (true)
            {
                if (full is { IsCompleted: true })
                {
                    TakeFull(await full);
                    full = null;
                }
                if (time.Elapsed() >= StatusDue)
                    await ReadStatusAsync(session, ct);
                else
                    tracker.Tick();
                if (full is null && time.Elapsed() >= FullDue)
                    full = BeginFullAsync(session, alarm, ending.Token);
                await alarm.WaitAsync(NextDue(fullIsOut: full is not null) - time.Elapsed(), ct);
            }
        }
        finally
        {
            ending.Cancel();
            if (full is not null)
                await ((Task)full).ConfigureAwait(Quietly);
        }
    }

    private TimeSpan NextDue(bool fullIsOut)
    {
        var due = StatusDue;
        if (!fullIsOut && FullDue < due)
            due = FullDue;
        return tracker.NextDeadline is { } deadline && deadline < due ? deadline : due;
    }

    private async Task ReadStatusAsync(IUpsSession session, CancellationToken ct)
    {
        _statusBegan = time.Elapsed();
        // Before the read: news during it may be newer than its answer.
        if (_news)
            _attentiveUntil = _statusBegan + AttentiveAfterNews;
        (_news, _wanted) = (false, false);
        var outcome = await UpsCall.TryAsync(session.ReadStatusAsync, StatusLimit, time, ct);
        if (outcome.Fault is { Kind: CommFaultKind.Unreachable })
            outcome = await UpsCall.TryAsync(session.ReadStatusAsync, StatusLimit, time, ct);
        tracker.Observe(outcome);
    }

    /// <summary>Runs beside the status reads; the loop takes its outcome when the alarm rings.</summary>
    private async Task<UpsOutcome> BeginFullAsync(IUpsSession session, LoopAlarm alarm, CancellationToken ct)
    {
        _fullBegan = time.Elapsed();
        try
        {
            return await UpsCall.TryAsync(session.ReadAsync, FullLimit, time, ct);
        }
        finally
        {
            alarm.Ring();
        }
    }

    /// <summary>A failure here says nothing about comm: the status reads do.</summary>
    private void TakeFull(UpsOutcome outcome)
    {
        if (outcome.Reading is { } reading)
        {
            // The first one is shown at once, not an interval later.
            if (tracker.Snapshot.Full is null)
                _statusBegan = null;
            tracker.Complete(reading);
        }
        if (outcome.Fault is { } fault && !_fullFails)
            LogFullFails(logger, config.Name, fault.Words);
        _fullFails = outcome.Fault is not null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The poll loop of {Ups} failed and starts again")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception, string ups);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Ups}: the complete reading fails: {Words}")]
    private static partial void LogFullFails(ILogger logger, string ups, string words);
}
