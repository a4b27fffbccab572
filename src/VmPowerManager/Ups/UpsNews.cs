using System.Collections.Immutable;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>A UPS that is polled.</summary>
public sealed record UpsPolled(UpsDevice Device, string Driver);

/// <summary>For whoever hears from devices between the polls (SNMP traps), or waits for a reading: which ones there are, and
/// a way to have one read now. What was heard is never evidence by itself: it changes no state. Any thread; nothing waits.</summary>
public sealed class UpsNews(EventLog events, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private volatile ImmutableDictionary<int, Listed> _listed = ImmutableDictionary<int, Listed>.Empty;
    private volatile IReadOnlyCollection<UpsPolled> _polled = [];
    private TimeSpan? _toldAt;
    private int _since;

    /// <summary>Changes its identity with every change of the set or of a device's settings.</summary>
    public IReadOnlyCollection<UpsPolled> Polled => _polled;

    /// <summary>There is news of it: its status is read now, at most four times a second, and quickly for a while. False: it
    /// is not polled.</summary>
    public bool PollNow(int upsId)
    {
        if (!_listed.TryGetValue(upsId, out var listed))
            return false;
        listed.PollNow();
        return true;
    }

    /// <summary>A decision waits for its status: it is read once, at once. What is not polled is left alone.</summary>
    public void ReadNow(int upsId) => _listed.GetValueOrDefault(upsId)?.ReadNow();

    /// <summary>Something came that belongs to no UPS: an event, once an hour.</summary>
    /// <param name="words">What it was and from where.</param>
    public void TellStranger(string words)
    {
        int count;
        lock (_gate)
        {
            _since++;
            if (time.Elapsed() - _toldAt < Quiet)
                return;
            _toldAt = time.Elapsed();
            (count, _since) = (_since, 0);
        }
        var before = count > 1 ? Sentence.Of($" ({count - 1} more since the last message about this.)") : null;
        events.Append(
            new NewEvent(
                "ups.trapUnmatched",
                Severity.Info,
                "system",
                $"A trap that is no news of any UPS: {words}{before}"
            )
        );
    }

    /// <summary>A loop has begun; disposing says that it has ended.</summary>
    internal IDisposable List(UpsConfig config, Action pollNow, Action readNow)
    {
        var listed = new Listed(this, new UpsPolled(config.Device, config.Driver), pollNow, readNow);
        Change(all => all.SetItem(config.Id, listed));
        return listed;
    }

    private void Change(Func<ImmutableDictionary<int, Listed>, ImmutableDictionary<int, Listed>> change)
    {
        lock (_gate)
        {
            _listed = change(_listed);
            _polled = [.. _listed.Values.Select(l => l.Ups)];
        }
    }

    private sealed class Listed(UpsNews news, UpsPolled ups, Action pollNow, Action readNow) : IDisposable
    {
        public UpsPolled Ups => ups;

        public void PollNow() => pollNow();

        public void ReadNow() => readNow();

        /// <summary>An edit may have listed another loop meanwhile.</summary>
        public void Dispose() =>
            news.Change(all =>
                all.TryGetValue(ups.Device.Id, out var now) && now == this ? all.Remove(ups.Device.Id) : all
            );
    }
}
