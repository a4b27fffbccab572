using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Canaries;

/// <summary>Asks each enabled canary in a loop of its own; all at once when a UPS first says on battery: its witness is
/// wanted now (A9).</summary>
internal sealed partial class CanaryMonitor(
    IDbContextFactory<AppDb> databases,
    CanaryFeed feed,
    IUpsFeed upses,
    EventLog events,
    TimeProvider time,
    ILogger<CanaryMonitor> logger
) : BackgroundService
{
    private static readonly TimeSpan LoadPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>One lost packet is no silence.</summary>
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<int, Watch> _watches = [];
    private readonly SemaphoreSlim _changes = new(1, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryLoadAsync(stoppingToken))
            await Task.Delay(LoadPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var trouble = upses.Subscribe(AskOnTrouble);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_watches.Keys.Select(StopAsync));
    }

    /// <summary>A canary was added or edited.</summary>
    public async Task ApplyAsync(Canary canary)
    {
        await _changes.WaitAsync();
        try
        {
            await StopAsync(canary.Id);
            Start(canary);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>A canary was deleted.</summary>
    public async Task RemoveAsync(int id)
    {
        await _changes.WaitAsync();
        try
        {
            await StopAsync(id);
            feed.Remove(id);
        }
        finally
        {
            _changes.Release();
        }
    }

    private async Task<bool> TryLoadAsync(CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
            return true;
        await _changes.WaitAsync(CancellationToken.None);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            foreach (var row in await db.Set<CanaryRow>().AsNoTracking().OrderBy(c => c.Id).ToListAsync(ct))
            {
                if (!_watches.ContainsKey(row.Id))
                    Start(row.ToCanary());
            }
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotLoaded(logger, e);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        finally
        {
            _changes.Release();
        }
    }

    private void Start(Canary canary)
    {
        feed.Set(canary);
        var ending = new CancellationTokenSource();
        var alarm = new LoopAlarm(time);
        var loop = canary.Enabled ? Task.Run(() => RunAsync(canary, alarm, ending.Token)) : Task.CompletedTask;
        _watches[canary.Id] = new Watch(canary, alarm, ending, loop);
    }

    private async Task StopAsync(int id)
    {
        if (!_watches.TryRemove(id, out var watch))
            return;
        await watch.Ending.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await watch.Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        watch.Ending.Dispose();
        watch.Alarm.Dispose();
    }

    private void AskOnTrouble(UpsObservation seen)
    {
        if (seen.Reading?.Status.HasFlag(UpsStatus.OB) != true)
            return;
        foreach (var watch in _watches.Values)
        {
            if (watch.Canary.UpsIds.Count == 0 || watch.Canary.UpsIds.Contains(seen.UpsId))
                watch.Alarm.Ring();
        }
    }

    private async Task RunAsync(Canary canary, LoopAlarm alarm, CancellationToken ct)
    {
        CanarySeen? before = null;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                before = await AskAsync(canary, before, ct);
                await alarm.WaitAsync(TimeSpan.FromSeconds(canary.PollSeconds), ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBug(logger, e, canary.Name);
                await Task.Delay(LoadPause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<CanarySeen> AskAsync(Canary canary, CanarySeen? before, CancellationToken ct)
    {
        var words = await CanaryProbe.AskAsync(canary, Limit, time, ct);
        if (words is not null && before is not { Answers: false })
        {
            await Task.Delay(BeforeRetry, time, ct);
            words = await CanaryProbe.AskAsync(canary, Limit, time, ct);
        }
        var at = time.GetUtcNow();
        var answers = words is null;
        var since = before?.Answers == answers ? before.Since : at;
        var seen = new CanarySeen(canary.Id, answers, time.Elapsed(), at, since, words)
        {
            Asked = words != CanaryProbe.CannotPing,
        };
        feed.Publish(seen);
        if (before?.Answers != answers || before.Asked != seen.Asked)
            Tell(canary, before, seen);
        return seen;
    }

    private void Tell(Canary canary, CanarySeen? before, CanarySeen seen)
    {
        var words = seen switch
        {
            { Answers: true } when before is null => $"{canary.Name} answers: it bears witness of mains from now on.",
            { Answers: true } => $"{canary.Name} answers again: there is mains where it is.",
            { Asked: false } => $"{canary.Name} cannot be asked ({seen.Words}): it bears no witness.",
            _ when before is null =>
                $"{canary.Name} does not answer ({seen.Words}): until it does, it bears no witness.",
            _ => $"{canary.Name} fell silent ({seen.Words}): mains may be gone where it is.",
        };
        events.Append(
            new NewEvent(
                seen switch
                {
                    { Answers: true } => "canary.answers",
                    { Asked: false } => "canary.notAsked",
                    _ => "canary.silent",
                },
                seen.Answers || (before is null && seen.Asked) ? Severity.Info : Severity.Warning,
                canary.Name,
                words
            )
            {
                Data = new
                {
                    canary.Where,
                    canary.Method,
                    seen.Words,
                },
            }
        );
    }

    private sealed record Watch(Canary Canary, LoopAlarm Alarm, CancellationTokenSource Ending, Task Loop);

    [LoggerMessage(Level = LogLevel.Error, Message = "The canaries cannot be read from the database; trying again")]
    private static partial void LogNotLoaded(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Asking the canary {Canary} met a bug and goes on")]
    private static partial void LogBug(ILogger logger, Exception exception, string canary);
}
