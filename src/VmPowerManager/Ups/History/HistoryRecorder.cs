using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.History;

/// <summary>Gathers readings in memory until the writer fetches them: raw samples on change beyond a dead band and at least
/// every 60 s, and sums of every reading by the minute (DESIGN 4). Any thread; never waits for the disk.</summary>
internal sealed class HistoryRecorder
{
    private const long LongestGapMs = 60_000;

    /// <summary>About an hour of a hundred UPSes in an outage; beyond it the oldest go.</summary>
    public const int MostWaiting = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, HistorySample> _last = [];
    private readonly Dictionary<int, HistoryMinute> _minutes = [];
    private readonly Queue<HistorySample> _samples = [];
    private readonly Queue<HistoryMinute> _closed = [];
    private readonly Queue<HistoryNote> _notes = [];
    private readonly Dictionary<int, PowerSight> _power = [];

    /// <param name="pollSeconds">How often this UPS is read: what is longer than some of it is a gap.</param>
    public void Record(int upsId, UpsReading reading, bool onBattery, double pollSeconds = 1)
    {
        var sample = new HistorySample(
            upsId,
            reading.At.ToUnixTimeMilliseconds(),
            (int)reading.Status,
            onBattery,
            [.. HistoryMetric.All.Select(metric => metric.Of(reading))]
        );
        lock (_gate)
        {
            var minute = MinuteOf(sample);
            minute.Add(sample);
            minute.Add(Drawn(upsId, reading, pollSeconds));
            if (!IsNews(sample))
                return;
            _last[upsId] = sample;
            Enqueue(_samples, sample);
        }
    }

    /// <summary>Something for one of the logs beside the samples.</summary>
    public void Note(HistoryNote note)
    {
        lock (_gate)
            Enqueue(_notes, note);
    }

    /// <summary>Hands over what waits.</summary>
    /// <param name="wholeUntilMs">Minutes that began earlier than a minute before this are closed, though their UPS is silent;
    /// <see cref="long.MaxValue"/> closes all.</param>
    public HistoryBatch Take(long wholeUntilMs)
    {
        lock (_gate)
        {
            foreach (
                var minute in _minutes.Values.Where(m => m.StartMs <= wholeUntilMs - HistoryMinute.LengthMs).ToArray()
            )
            {
                _minutes.Remove(minute.UpsId);
                Enqueue(_closed, minute);
            }
            var batch = new HistoryBatch([.. _samples], [.. _closed], [.. _notes]);
            _samples.Clear();
            _closed.Clear();
            _notes.Clear();
            return batch;
        }
    }

    /// <summary>Takes back what could not be written, ahead of what came since.</summary>
    public void PutBack(HistoryBatch batch)
    {
        lock (_gate)
        {
            Prepend(_samples, batch.Samples);
            Prepend(_closed, batch.Minutes);
            Prepend(_notes, batch.Notes);
        }
    }

    public void Forget(int upsId)
    {
        lock (_gate)
        {
            _last.Remove(upsId);
            _minutes.Remove(upsId);
            _power.Remove(upsId);
        }
    }

    private bool IsNews(HistorySample sample) =>
        !_last.TryGetValue(sample.UpsId, out var before)
        || Math.Abs(sample.AtMs - before.AtMs) >= LongestGapMs
        || sample.DiffersFrom(before);

    /// <summary>Energy since the reading before of this UPS.</summary>
    private Energy Drawn(int upsId, UpsReading reading, double pollSeconds)
    {
        if (PowerSight.Of(reading) is not { } now)
        {
            _power.Remove(upsId);
            return default;
        }
        var drawn = _power.TryGetValue(upsId, out var before) ? now.Since(before, pollSeconds) : default;
        _power[upsId] = now;
        return drawn;
    }

    private HistoryMinute MinuteOf(HistorySample sample)
    {
        var start = HistoryMinute.StartOf(sample.AtMs);
        if (_minutes.TryGetValue(sample.UpsId, out var minute) && minute.StartMs != start)
        {
            Enqueue(_closed, minute);
            minute = null;
        }
        return minute ?? (_minutes[sample.UpsId] = new HistoryMinute(sample.UpsId, start));
    }

    private static void Enqueue<T>(Queue<T> queue, T item)
    {
        if (queue.Count >= MostWaiting)
            queue.Dequeue();
        queue.Enqueue(item);
    }

    private static void Prepend<T>(Queue<T> queue, IReadOnlyList<T> earlier)
    {
        var later = queue.ToArray();
        queue.Clear();
        foreach (var item in earlier.Concat(later).TakeLast(MostWaiting))
            queue.Enqueue(item);
    }
}
