using System.Collections.Immutable;
using VmPowerManager.Components;

namespace VmPowerManager.Hosts;

/// <summary>The newest probe of a host, whoever asked for it: a rehearsal, a person, the daily look.</summary>
/// <param name="At">When it was over.</param>
public sealed record HostChecked(DateTimeOffset At, HostProbe Probe)
{
    /// <summary>What it was asked about; another configuration makes it void.</summary>
    internal HostEntry? Entry { get; init; }
}

/// <summary>Keeps the newest probe of each saved host, in memory: after a restart all are due. Any thread.</summary>
public sealed class HostCheckBook(TimeProvider time)
{
    private readonly Lock _gate = new();

    public Live<ImmutableSortedDictionary<int, HostChecked>> All { get; } =
        new(ImmutableSortedDictionary<int, HostChecked>.Empty);

    internal void Note(HostEntry entry, HostProbe probe)
    {
        lock (_gate)
            All.Set(All.Value.SetItem(entry.Device.Id, new HostChecked(time.GetUtcNow(), probe) { Entry = entry }));
    }

    /// <summary>Forgets what was found of hosts that are gone or were changed since.</summary>
    internal void KeepOnly(IEnumerable<HostEntry> entries)
    {
        lock (_gate)
        {
            var now = entries.ToDictionary(e => e.Device.Id);
            var stale = All
                .Value.Where(c => !ReferenceEquals(now.GetValueOrDefault(c.Key), c.Value.Entry))
                .Select(c => c.Key)
                .ToList();
            if (stale.Count > 0)
                All.Set(All.Value.RemoveRange(stale));
        }
    }
}
