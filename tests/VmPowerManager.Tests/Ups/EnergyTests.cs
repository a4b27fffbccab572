using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Tests.Ups;

public sealed class EnergyTests : IAsyncDisposable
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly HistoryRecorder _recorder = new();
    private readonly HistoryWriter _writer;
    private readonly EnergyQueries _queries;

    public EnergyTests()
    {
        var file = new HistoryDb(_database.Folder, NullLogger<HistoryDb>.Instance);
        _writer = new HistoryWriter(file, _recorder, _time, NullLogger<HistoryWriter>.Instance);
        _queries = new EnergyQueries(file, new ConfigurationBuilder().Build());
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return _database.DisposeAsync();
    }

    [Fact]
    public void Energy_AtAConstantPower_IsPowerTimesTime()
    {
        Feed(hours: 2, watts: 300);

        var day = Assert.Single(Days(1));
        Assert.Equal(600, Assert.NotNull(day.WattHours), 0.2);
        Assert.Equal((7199, 0), (day.MeasuredSeconds, day.DerivedSeconds));
    }

    [Fact]
    public void Energy_OverAGap_CountsNothing()
    {
        Feed(hours: 1, watts: 300);
        _time.Advance(TimeSpan.FromHours(5));
        Feed(hours: 1, watts: 300);

        var day = Assert.Single(Days(1));
        Assert.Equal(600, Assert.NotNull(day.WattHours), 0.3);
        Assert.Equal(2 * 3599, day.MeasuredSeconds);
    }

    [Fact]
    public void Energy_OfARamp_IsItsMeanTimesTime()
    {
        for (var i = 0; i <= 3600; i++)
            Record(i / 3600.0 * 1000);
        _writer.Write(long.MaxValue);

        Assert.Equal(500, Assert.NotNull(Assert.Single(Days(1)).WattHours), 0.1);
    }

    [Fact]
    public void Energy_FromLoadAndRatedPower_IsNamedSo()
    {
        for (var i = 0; i < 3600; i++)
            Record(null, load: 25, rated: "800");
        _writer.Write(long.MaxValue);

        var day = Assert.Single(Days(1));
        Assert.Equal(200, Assert.NotNull(day.WattHours), 0.1);
        Assert.Equal((0, 3599), (day.MeasuredSeconds, day.DerivedSeconds));
    }

    [Theory]
    [InlineData(25.0, null)]
    [InlineData(null, "800")]
    public void Energy_WhereOneOfBothIsMissing_IsUnknown(double? load, string? rated)
    {
        for (var i = 0; i < 600; i++)
            Record(null, load, rated);
        _writer.Write(long.MaxValue);

        Assert.Null(Assert.Single(Days(1)).WattHours);
    }

    [Fact]
    public void Energy_WallClockIsSet_GoesByElapsedTime()
    {
        Record(300);
        var at = Now.AddHours(3);
        _recorder.Record(1, Reading(300, null, null) with { At = at }, false);
        _writer.Write(long.MaxValue);

        Assert.Equal(1, Days(1).Sum(d => d.MeasuredSeconds));
    }

    [Fact]
    public void Energy_SlowPolls_AreNoGaps()
    {
        for (var i = 0; i < 13; i++)
        {
            _recorder.Record(1, Reading(300, null, null), false, pollSeconds: 300);
            _time.Advance(TimeSpan.FromMinutes(5));
        }
        _writer.Write(long.MaxValue);

        Assert.Equal(300, Assert.NotNull(Assert.Single(Days(1)).WattHours), 0.1);
    }

    /// <summary>Clocks in Berlin go forward on 29 March 2026: that day has 23 hours.</summary>
    [Fact]
    public void Days_OfAZone_BeginAtItsMidnightAndMayBeShort()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var from = new DateTimeOffset(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

        var days = _queries.Read(1, from, from.AddDays(2), EnergyPer.Day, zone);

        Assert.Equal([24, 23, 24], days.Select(d => (d.To - d.From).TotalHours));
        Assert.Equal(new DateTimeOffset(2026, 3, 27, 23, 0, 0, TimeSpan.Zero), days[0].From);
    }

    /// <summary>Clocks in Havana go back from one to midnight on 1 November 2026, which strikes twice.</summary>
    [Fact]
    public void Days_WhoseMidnightStrikesTwice_BeginWithTheFirst()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Havana");
        var from = new DateTimeOffset(2026, 10, 31, 12, 0, 0, TimeSpan.Zero);

        var days = _queries.Read(1, from, from.AddDays(1), EnergyPer.Day, zone);

        Assert.Equal([24, 25], days.Select(d => (d.To - d.From).TotalHours));
    }

    [Fact]
    public void Months_HoldTheirDays()
    {
        Feed(hours: 1, watts: 100);
        _time.SetUtcNow(new DateTimeOffset(2026, 4, 10, 0, 0, 0, TimeSpan.Zero));
        Feed(hours: 1, watts: 300);

        var months = _queries.Read(1, Now.AddMonths(-1), Now, EnergyPer.Month, TimeZoneInfo.Utc);

        Assert.Equal([100, 300], months.Select(m => Math.Round(m.WattHours ?? 0)));
    }

    private IReadOnlyList<EnergySpan> Days(int days) =>
        _queries.Read(1, Now.Date.AddHours(1), Now.Date.AddDays(days), EnergyPer.Day, TimeZoneInfo.Utc);

    private void Feed(int hours, double watts)
    {
        for (var i = 0; i < hours * 3600; i++)
            Record(watts);
        _writer.Write(long.MaxValue);
    }

    private void Record(double? watts, double? load = null, string? rated = null)
    {
        _recorder.Record(1, Reading(watts, load, rated), false);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private UpsReading Reading(double? watts, double? load, string? rated)
    {
        var variables = ImmutableSortedDictionary<string, string>.Empty;
        return new UpsReading
        {
            At = Now,
            Taken = _time.GetElapsedTime(0),
            Status = UpsStatus.OL,
            RealPower = watts,
            LoadPercent = load,
            Variables = rated is null ? variables : variables.Add("ups.realpower.nominal", rated),
        };
    }
}
