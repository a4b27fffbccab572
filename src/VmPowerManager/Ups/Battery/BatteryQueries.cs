using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Battery;

/// <summary>What is known of batteries and their tests.</summary>
internal sealed class BatteryQueries(UpsQueries upses, UpsMonitor monitor, HistoryDb database, TimeProvider time)
{
    /// <summary>What months of history say does not change within an hour.</summary>
    private static readonly TimeSpan SlowLasts = TimeSpan.FromHours(1);
    private static readonly TimeSpan TemperatureSpan = TimeSpan.FromDays(90);
    private static readonly TimeSpan TrendSpan = TimeSpan.FromDays(2 * 366);

    private readonly ConcurrentDictionary<int, Slow> _slow = [];

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<BatteryHealth> HealthAsync(int upsId, CancellationToken ct)
    {
        var row = await upses.RowAsync(upsId, ct);
        return await Task.Run(() => Health(row), ct);
    }

    /// <summary>Tests, newest first.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The limit.</exception>
    public async Task<Page<SelfTest>> TestsAsync(int upsId, string? cursor, int limit, CancellationToken ct)
    {
        if (limit is < 1 or > BatterySql.MostTests)
            throw new InvalidInputException("limit", $"Must be between 1 and {BatterySql.MostTests}.");
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, out before))
            throw new InvalidInputException("cursor", "Is not a cursor that this list gave out.");
        await upses.RowAsync(upsId, ct);
        var found = await Task.Run(() => Tests(upsId, before, limit + 1), ct);
        return found.Count <= limit
            ? new Page<SelfTest>(found)
            : new Page<SelfTest>(found[..limit], $"{found[limit - 1].At.ToUnixTimeMilliseconds()}");
    }

    internal void Forget(int upsId) => _slow.TryRemove(upsId, out _);

    private BatteryHealth Health(UpsRow row)
    {
        var now = time.GetUtcNow();
        var last = monitor.Find(row.Id)?.Evidence.Last;
        var (installed, source) = Installed(row, last, now);
        var slow = SlowOf(row.Id, source == BatteryDateSource.User ? installed : null, now);
        var facts = new BatteryFacts(now)
        {
            Asks = last?.Status.HasFlag(UpsStatus.RB) == true,
            LastTest = Tests(row.Id, long.MaxValue, 1).FirstOrDefault(),
            Said = TestWords.Outcome(last?.Variables.GetValueOrDefault("ups.test.result")),
            InstalledAt = installed,
            LifeYears = row.BatteryLifeYears ?? BatteryAdvice.UsualLifeYears,
            MeanTemperature = slow.Temperature,
            Trend = slow.Trend,
        };
        var advice = BatteryAdvice.Of(facts);
        return new BatteryHealth
        {
            Need = advice.Need,
            Reasons = advice.Reasons,
            InstalledAt = installed,
            InstalledAtSource = source,
            LifeYears = facts.LifeYears,
            ExpectedLifeYears = advice.ExpectedLifeYears,
            MeanTemperature = slow.Temperature,
            LastTest = facts.LastTest,
            Runtime = slow.Trend,
        };
    }

    /// <summary>A person knows best; then the device; the date of manufacture is better than nothing.</summary>
    private static (DateTimeOffset?, BatteryDateSource) Installed(UpsRow row, UpsReading? last, DateTimeOffset now)
    {
        if (row.BatteryReplacedAt is { } replaced && replaced <= now)
            return (replaced, BatteryDateSource.User);
        if (DeviceDate.Parse(last?.Variables.GetValueOrDefault("battery.date"), now) is { } date)
            return (date, BatteryDateSource.Device);
        return DeviceDate.Parse(last?.Variables.GetValueOrDefault("battery.mfr.date"), now) is { } made
            ? (made, BatteryDateSource.Made)
            : (null, BatteryDateSource.Unknown);
    }

    private List<SelfTest> Tests(int upsId, long before, int most)
    {
        using var connection = database.OpenForReading();
        return connection is null
            ? []
            : HistoryStore.Select(
                connection,
                BatterySql.SelectTests,
                row => new SelfTest(
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
                    (TestOutcome)row.GetInt32(1),
                    row.IsDBNull(2) ? null : row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetDouble(3),
                    row.GetBoolean(4)
                ),
                ("@ups", upsId),
                ("@before", before),
                ("@most", most)
            );
    }

    private Slow SlowOf(int upsId, DateTimeOffset? installed, DateTimeOffset now)
    {
        var elapsed = time.Elapsed();
        if (_slow.TryGetValue(upsId, out var known) && known.Since == installed && elapsed - known.Read < SlowLasts)
            return known;
        return _slow[upsId] = ReadSlow(upsId, installed, now, elapsed);
    }

    private Slow ReadSlow(int upsId, DateTimeOffset? installed, DateTimeOffset now, TimeSpan elapsed)
    {
        using var connection = database.OpenForReading();
        if (connection is null)
            return new Slow(elapsed, installed, null, null);
        var temperature = HistoryStore.Select(
            connection,
            BatterySql.SelectTemperature,
            row => row.IsDBNull(0) ? (double?)null : Math.Round(row.GetDouble(0), 1),
            ("@ups", upsId),
            ("@step", HistorySteps.Hour),
            ("@from", (now - TemperatureSpan).ToUnixTimeMilliseconds())
        )[0];
        var from = installed > now - TrendSpan ? installed.Value : now - TrendSpan;
        var hours = HistoryStore.Select(
            connection,
            BatterySql.SelectRuntimes,
            row => new FullHour(
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
                row.GetDouble(1),
                row.GetDouble(2)
            ),
            ("@ups", upsId),
            ("@step", HistorySteps.Hour),
            ("@from", from.ToUnixTimeMilliseconds())
        );
        return new Slow(elapsed, installed, temperature, RuntimeTrend.Of(hours, now));
    }

    private sealed record Slow(TimeSpan Read, DateTimeOffset? Since, double? Temperature, RuntimeTrend? Trend);
}
