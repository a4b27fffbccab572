using VmPowerManager.Core;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups;

/// <summary>What happened to one UPS: its outages, its mains, its energy. Reads of history.db leave the caller's thread.</summary>
internal sealed class UpsPastQueries(
    UpsQueries upses,
    OutageQueries outages,
    QualityQueries quality,
    EnergyQueries energy,
    TimeProvider time
)
{
    private const int SeenAtOnce = QualityQueries.MostAtOnce;
    private const int FirstYear = 1970;
    private const int LastYear = 2999;

    /// <summary>The zone whose days and months count where nobody names one.</summary>
    public TimeZoneInfo SiteZone => energy.SiteZone;

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public async Task<Page<OutageView>> OutagesAsync(
        int upsId,
        DateTimeOffset? from,
        DateTimeOffset? to,
        string? cursor,
        int limit,
        CancellationToken ct
    )
    {
        await upses.RowAsync(upsId, ct);
        return await outages.ListAsync(upsId, from, to, cursor, limit, ct);
    }

    /// <summary>The power-quality log, newest first.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public async Task<Page<InputEventView>> QualityAsync(
        int upsId,
        QualityFilter filter,
        string? cursor,
        int limit,
        CancellationToken ct
    )
    {
        await upses.RowAsync(upsId, ct);
        return await Task.Run(() => Quality(upsId, filter, cursor, limit), ct);
    }

    /// <summary>How often each kind came within a span.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<IReadOnlyList<QualityCount>> QualityCountsAsync(
        int upsId,
        QualityFilter filter,
        CancellationToken ct
    )
    {
        await upses.RowAsync(upsId, ct);
        return await Task.Run(() => quality.Count(upsId, filter), ct);
    }

    /// <summary>All that match, a bounded number in memory at a time.</summary>
    public IEnumerable<InputEventView> AllQuality(int upsId, QualityFilter filter)
    {
        string? cursor = null;
        do
        {
            var page = Quality(upsId, filter, cursor, SeenAtOnce);
            foreach (var item in page.Items)
                yield return item;
            cursor = page.NextCursor;
        } while (cursor is not null);
    }

    /// <summary>Energy by whole days or months; from defaults to 30 days, or 12 months, before to.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The span.</exception>
    public async Task<IReadOnlyList<EnergySpan>> EnergyAsync(
        int upsId,
        DateTimeOffset? from,
        DateTimeOffset? to,
        EnergyPer per,
        TimeZoneInfo zone,
        CancellationToken ct
    )
    {
        await upses.RowAsync(upsId, ct);
        var end = Datable("to", to ?? time.GetUtcNow());
        var begin = Datable("from", from ?? (per == EnergyPer.Day ? end.AddDays(-29) : end.AddMonths(-11)));
        return await Task.Run(() => energy.Read(upsId, begin, end, per, zone), ct);
    }

    /// <summary>Neither end of the calendar has a day before or after it, in every zone.</summary>
    private static DateTimeOffset Datable(string field, DateTimeOffset at) =>
        at.UtcDateTime.Year is >= FirstYear and <= LastYear
            ? at
            : throw new InvalidInputException(field, $"Must lie in the years {FirstYear} to {LastYear}.");

    private Page<InputEventView> Quality(int upsId, QualityFilter filter, string? cursor, int limit)
    {
        var now = time.GetUtcNow();
        var page = quality.Read(upsId, filter, cursor, limit);
        return new Page<InputEventView>([.. page.Items.Select(e => InputEventView.Of(e, now))], page.NextCursor);
    }
}
