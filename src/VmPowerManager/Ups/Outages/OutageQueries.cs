using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Outages;

/// <summary>An outage as the API answers it and pages show it.</summary>
/// <param name="EndedAt">Null while it lasts.</param>
/// <param name="OnBatterySeconds">Time on battery within it; flicker adds up.</param>
/// <param name="CriticalBecause">The first reason for which it became critical, or null.</param>
public sealed record OutageView(
    int Id,
    int UpsId,
    string UpsName,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double OnBatterySeconds,
    double? LowestChargePercent,
    double? LowestRuntimeSeconds,
    double? HighestLoadPercent,
    bool LowBattery,
    string? CriticalBecause,
    bool CommLost
);

/// <summary>Reads stored outages, newest first.</summary>
internal sealed class OutageQueries(IDbContextFactory<AppDb> databases)
{
    public const int MostAtOnce = 1000;

    /// <summary>A page of those that lasted within a span; null asks for all.</summary>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public async Task<Page<OutageView>> ListAsync(
        int? upsId,
        DateTimeOffset? from,
        DateTimeOffset? to,
        string? cursor,
        int limit,
        CancellationToken ct
    )
    {
        if (limit is < 1 or > MostAtOnce)
            throw new InvalidInputException("limit", $"Must be between 1 and {MostAtOnce}.");
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = db.Set<OutageRow>().AsNoTracking();
        if (upsId is not null)
            rows = rows.Where(o => o.UpsId == upsId);
        if (from is not null)
            rows = rows.Where(o => o.EndedAt == null || o.EndedAt >= from);
        if (to is not null)
            rows = rows.Where(o => o.StartedAt < to);
        if (Place(cursor) is { } place)
            rows = rows.Where(o => o.StartedAt < place.At || (o.StartedAt == place.At && o.Id < place.Id));
        var found = await rows.OrderByDescending(o => o.StartedAt)
            .ThenByDescending(o => o.Id)
            .Take(limit + 1)
            .ToListAsync(ct);
        var next = found.Count <= limit ? null : Cursor(found[limit - 1]);
        return new Page<OutageView>([.. found.Take(limit).Select(View)], next);
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<OutageView> GetAsync(int id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<OutageRow>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct);
        return row is null ? throw new NotFoundException($"Outage {id}") : View(row);
    }

    private static OutageView View(OutageRow row) =>
        new(
            row.Id,
            row.UpsId,
            row.UpsName,
            row.StartedAt,
            row.EndedAt,
            row.SecondsOnBattery,
            row.LowestChargePercent,
            row.LowestRuntimeSeconds,
            row.HighestLoadPercent,
            row.LowBattery,
            row.CriticalBecause,
            row.CommLost
        );

    private static string Cursor(OutageRow last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.StartedAt.UtcTicks}-{last.Id}");

    private static (DateTimeOffset At, int Id)? Place(string? cursor)
    {
        if (cursor is null)
            return null;
        return
            cursor.Split('-') is [var ticks, var last]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTime.MaxValue.Ticks
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (new DateTimeOffset(at, TimeSpan.Zero), id)
            : throw new InvalidInputException("cursor", "Is not a cursor that this list gave out.");
    }
}
