using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Events;

/// <summary>The Events table, and the number up to which the sequence may have been given out: live messages take
/// numbers without being stored, so a block is reserved ahead and a killed process never gives a number twice.</summary>
internal sealed class EventStore(IDbContextFactory<AppDb> databases)
{
    private const string ReservedKey = "events.reserved";

    /// <summary>Where this process goes on counting.</summary>
    public long Highest()
    {
        using var db = databases.CreateDbContext();
        var stored = db.Set<EventRow>().Max(e => (long?)e.Sequence) ?? 0;
        return Math.Max(stored, Reserved(db));
    }

    public void Reserve(long upTo)
    {
        using var db = databases.CreateDbContext();
        var row = db.Set<SettingRow>().FirstOrDefault(s => s.Key == ReservedKey);
        var value = upTo.ToString(CultureInfo.InvariantCulture);
        if (row is null)
            db.Add(new SettingRow { Key = ReservedKey, Value = value });
        else
            row.Value = value;
        db.SaveChanges();
    }

    /// <summary>Stores in one transaction those that are not there yet: an earlier try may have failed after its
    /// commit. Blocks while the file is locked, for as long as the connection's time-out says.</summary>
    public void Store(IReadOnlyList<EventEntry> entries)
    {
        using var db = databases.CreateDbContext();
        var first = entries[0].Sequence;
        var there = db.Set<EventRow>().Where(e => e.Sequence >= first).Select(e => e.Sequence).ToHashSet();
        db.AddRange(entries.Where(e => !there.Contains(e.Sequence)).Select(EventRow.From));
        db.SaveChanges();
    }

    private static long Reserved(AppDb db) =>
        db.Set<SettingRow>().Where(s => s.Key == ReservedKey).Select(s => s.Value).FirstOrDefault() is { } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : 0;
}
