using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups;

/// <summary>Reads of UPSes: configuration from the database, what is seen from memory.</summary>
internal sealed class UpsQueries(
    IDbContextFactory<AppDb> databases,
    UpsMonitor monitor,
    UpsDrivers drivers,
    UpsConfigs configs,
    SecretBox box,
    HistoryQueries history,
    TimeProvider time
)
{
    private static readonly TimeSpan DeviceLimit = TimeSpan.FromSeconds(10);

    /// <summary>All UPSes, by name.</summary>
    public async Task<Page<UpsView>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<UpsRow>().AsNoTracking().OrderBy(u => u.Name).ToListAsync(ct);
        return new Page<UpsView>([.. rows.Select(View)]);
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<UpsView> GetAsync(int id, CancellationToken ct) => View(await RowAsync(id, ct));

    /// <summary>The reading as the API shows it, from memory; null before the first poll or for no such UPS.</summary>
    public UpsReadingView? Reading(int id) =>
        monitor.Find(id) is { } snapshot ? UpsReadingView.Of(snapshot, time.Elapsed(), time.GetUtcNow()) : null;

    /// <summary>Decimated history; from and to default to the last 24 hours.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The span or the number of points.</exception>
    public async Task<HistorySeries> HistoryAsync(
        int id,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? points,
        CancellationToken ct
    )
    {
        await RowAsync(id, ct);
        var end = to ?? time.GetUtcNow();
        var start = from ?? end.AddDays(-1);
        if (start >= end)
            throw new InvalidInputException("from", "Must be before to.");
        if (points is < 2 or > 2000)
            throw new InvalidInputException("points", "Must be a number from 2 to 2000.");
        return await Task.Run(() => history.Read(id, start, end, points ?? 300), ct);
    }

    /// <summary>Commands that the device offers now.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="PeerRefusedException">It cannot be asked.</exception>
    public Task<IReadOnlyList<UpsDeviceCommand>> CommandsAsync(int id, CancellationToken ct) =>
        AskAsync<IReadOnlyList<UpsDeviceCommand>>(
            id,
            "commands",
            async (session, limited) =>
            {
                var commands = new List<UpsDeviceCommand>();
                foreach (var name in (await session.CommandsAsync(limited)).Order(StringComparer.Ordinal))
                {
                    var known = UpsDeviceCommand.IsKnown(name);
                    commands.Add(
                        UpsDeviceCommand.Of(name, known ? null : await session.DescribeCommandAsync(name, limited))
                    );
                }
                return commands;
            },
            ct
        );

    /// <summary>Variables of the device that may be set; none for a driver that cannot set any.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="PeerRefusedException">It cannot be asked.</exception>
    public Task<IReadOnlyList<UpsWritable>> WritableAsync(int id, CancellationToken ct) =>
        AskAsync(
            id,
            "variables",
            async (session, limited) =>
                session is IUpsVariables variables ? await variables.WritableAsync(limited) : [],
            ct
        );

    private async Task<T> AskAsync<T>(
        int id,
        string step,
        Func<IUpsSession, CancellationToken, Task<T>> call,
        CancellationToken ct
    )
    {
        var config = configs.Of(await RowAsync(id, ct));
        await using var session = drivers.Get(config.Driver).Open(config.Device);
        return await UpsDeviceCall.RefusedAsync(step, limited => call(session, limited), DeviceLimit, time, ct);
    }

    internal async Task<UpsRow> RowAsync(int id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<UpsRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, ct)
            ?? throw new NotFoundException($"UPS {id}");
    }

    private UpsView View(UpsRow row) => UpsView.Of(row, drivers.Find(row.Driver), box, Reading(row.Id));
}
