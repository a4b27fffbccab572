using System.Collections.Immutable;
using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

/// <summary>The record of what happened: gives each event its place, keeps the newest in memory, tells followers. Never
/// blocks and never fails for a database (STYLE: Safety first). Any thread.</summary>
public sealed class EventLog(TimeProvider time)
{
    private const int Kept = 1000;
    private readonly Lock _gate = new();
    private ImmutableQueue<EventEntry> _latest = [];
    private int _count;
    private long _sequence;

    /// <summary>Appends and returns the sequence number.</summary>
    public long Append(NewEvent what)
    {
        lock (_gate)
        {
            var entry = new EventEntry(
                ++_sequence,
                time.GetUtcNow(),
                what.Type,
                what.Severity,
                what.Source,
                what.Message,
                what.Data is null ? null : JsonSerializer.SerializeToElement(what.Data, Json.Options),
                what.Actor,
                what.UpsId,
                what.HostId,
                what.PlanId,
                what.RunId
            );
            _latest = _latest.Enqueue(entry);
            if (++_count > Kept)
            {
                _latest = _latest.Dequeue();
                _count--;
            }
            return entry.Sequence;
        }
    }
}
