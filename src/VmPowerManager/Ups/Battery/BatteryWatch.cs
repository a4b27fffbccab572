using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Battery;

/// <summary>Looks at every battery each minute: screens learn what it needs, and each reason is told once. What history
/// cannot be asked for now is asked the next time.</summary>
internal sealed partial class BatteryWatch(
    BatteryQueries batteries,
    UpsScreens screens,
    HistoryDb database,
    HistoryRecorder recorder,
    EventLog events,
    TimeProvider time,
    ILogger<BatteryWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Until every UPS has been read completely once.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);

    /// <summary>A reason that comes and goes, as a runtime near its limit does, is told no more often.</summary>
    private static readonly TimeSpan AgainAfter = TimeSpan.FromDays(30);

    /// <summary>Between two UPSes: a thousand are spread over the minute.</summary>
    private const int MostAtOnce = 60;

    /// <summary>Told in the moment it is so, by <see cref="UpsTransitions"/>.</summary>
    private const string ToldAlready = "asks";

    private readonly HashSet<(int UpsId, string Reason)> _told = [];
    private HashSet<int> _known = [];
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; !stoppingToken.IsCancellationRequested; pause = Pause)
        {
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            var between = Pause / Math.Max(MostAtOnce, screens.All.Value.Count);
            foreach (var ups in Watched())
            {
                await TryLookAtAsync(ups, stoppingToken);
                await Task.Delay(between, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryLookAtAsync(UpsStreamView ups, CancellationToken ct)
    {
        try
        {
            await LookAtAsync(ups, ct);
            _failing = false;
        }
        catch (Exception e)
        {
            if (!_failing && !ct.IsCancellationRequested)
                LogFailed(logger, e);
            _failing = true;
        }
    }

    /// <summary>Once at every battery.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        foreach (var ups in Watched())
            await LookAtAsync(ups, ct);
    }

    /// <summary>Those that are watched now; what was known of others is forgotten.</summary>
    private List<UpsStreamView> Watched()
    {
        var all = screens.All.Value;
        foreach (var gone in _known.Except(all.Keys))
        {
            batteries.Forget(gone);
            _told.RemoveWhere(t => t.UpsId == gone);
        }
        _known = [.. all.Keys];
        return [.. all.Values.Where(u => u.Enabled)];
    }

    private async Task LookAtAsync(UpsStreamView ups, CancellationToken ct)
    {
        try
        {
            var health = await batteries.HealthAsync(ups.Id, ct);
            screens.Advise(ups.Id, health.Need);
            Tell(ups, health);
        }
        catch (NotFoundException)
        {
            // Deleted since.
        }
    }

    private void Tell(UpsStreamView ups, BatteryHealth health)
    {
        var told = Told(ups.Id);
        var news = health.Reasons.Where(r => !told.Contains(r.Code)).ToList();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var code in told.Except(health.Reasons.Select(r => r.Code)))
            Note(BatterySql.ForgetTold, ups.Id, code, now - (long)AgainAfter.TotalMilliseconds);
        foreach (var reason in news)
        {
            _told.Add((ups.Id, reason.Code));
            Note(BatterySql.WriteTold, ups.Id, reason.Code, now);
        }
        if (news.All(r => r.Code == ToldAlready))
            return;
        var what =
            health.Need == BatteryNeed.Replace
                ? Sentence.Of($"Replace the battery")
                : Sentence.Of($"The battery should be replaced soon");
        var why = string.Join(' ', health.Reasons.Select(r => r.English));
        events.Append(
            new NewEvent("ups.batteryAdvice", Severity.Warning, ups.Label, $"{ups.Label}: {what}. {why}")
            {
                UpsId = ups.Id,
                Data = health,
            }
        );
    }

    /// <summary>As stored, and what is on its way there.</summary>
    private HashSet<string> Told(int upsId)
    {
        using var connection = database.OpenForReading();
        HashSet<string> stored = connection is null
            ? []
            : [.. HistoryStore.Select(connection, BatterySql.SelectTold, row => row.GetString(0), ("@ups", upsId))];
        // What is stored needs no remembering: it may be forgotten there.
        _told.RemoveWhere(t => t.UpsId == upsId && stored.Contains(t.Reason));
        stored.UnionWith(_told.Where(t => t.UpsId == upsId).Select(t => t.Reason));
        return stored;
    }

    private void Note(string sql, int upsId, string reason, long at) =>
        recorder.Note(new HistoryNote(sql, [("@ups", upsId), ("@reason", reason), ("@at", at)]));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of the batteries cannot be judged now; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
