using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups;

/// <summary>DESIGN 4: raw 48 h, 1 min 30 d, 15 min 1 y, 1 h forever.</summary>
public sealed class HistoryTests : IAsyncDisposable
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly HistoryRecorder _recorder = new();
    private readonly HistoryDb _file;
    private readonly HistoryWriter _writer;
    private readonly HistoryQueries _queries;

    public HistoryTests()
    {
        _file = new HistoryDb(_database.Folder, NullLogger<HistoryDb>.Instance);
        _writer = new HistoryWriter(_file, _recorder, _time, NullLogger<HistoryWriter>.Instance);
        _queries = new HistoryQueries(_file, _time);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return _database.DisposeAsync();
    }

    [Fact]
    public void Record_QuietUps_OneSampleAMinute()
    {
        Feed(minutes: 10, _ => 100);

        Assert.InRange(_recorder.Take(0).Samples.Count, 10, 11);
    }

    [Fact]
    public void Record_ChangeBeyondTheDeadBand_IsASampleAtOnce()
    {
        Record(100);
        Record(99.5);
        Record(98.9);
        Record(98.9, UpsStatus.OB);
        Record(null, UpsStatus.OB);

        Assert.Equal([100, 98.9, 98.9, null], _recorder.Take(0).Samples.Select(s => s.Values[0]));
    }

    [Fact]
    public void Rollups_OfAnHour_HoldLeastMeanAndMostOfEveryReading()
    {
        // 60, 59 ... 1 in the sixty minutes.
        var from = Now;
        Feed(minutes: 60, minute => 60 - minute);
        _writer.Write(long.MaxValue);

        var byMinute = _queries.Read(1, from, Now, 60);
        Assert.Equal(("1m", 60, 60), (byMinute.Source, byMinute.BucketSeconds, byMinute.Items.Count));
        Assert.Equal(new HistoryValue(60, 60, 60), byMinute.Items[0].Values["batteryChargePercent"]);
        var byQuarter = _queries.Read(1, from, Now, 4);
        Assert.Equal(("15m", 4), (byQuarter.Source, byQuarter.Items.Count));
        Assert.Equal(new HistoryValue(46, 53, 60), byQuarter.Items[0].Values["batteryChargePercent"]);
        var byHour = _queries.Read(1, from, from.AddHours(5), 5);
        Assert.Equal("1h", byHour.Source);
        Assert.Equal(new HistoryValue(1, 30.5, 60), Assert.Single(byHour.Items).Values["batteryChargePercent"]);
    }

    [Fact]
    public void Rollups_MinuteCutInTwoByARestart_IsPutTogether()
    {
        var from = Now;
        for (var i = 0; i < 10; i++)
            Record(i < 4 ? 100 : 50);
        _writer.Write(long.MaxValue);
        for (var i = 0; i < 10; i++)
            Record(null);
        _writer.Write(long.MaxValue);
        for (var i = 0; i < 10; i++)
            Record(20);
        _writer.Write(long.MaxValue);
        _time.Advance(TimeSpan.FromMinutes(1));

        var minute = Assert.Single(_queries.Read(1, from, from.AddMinutes(100), 100).Items);
        var value = minute.Values["batteryChargePercent"];
        Assert.Equal((20, 100), (value.Min, value.Max));
        Assert.InRange(value.Mean, 20, 70);
    }

    [Fact]
    public void Read_ShareOnBattery_IsItsPartOfTheTime()
    {
        var from = Now;
        Feed(minutes: 15, _ => 100, minute => minute < 5 ? UpsStatus.OB : UpsStatus.OL);
        _writer.Write(long.MaxValue);

        var quarter = Assert.Single(_queries.Read(1, from, from.AddMinutes(30), 2).Items);
        Assert.Equal(0.333, quarter.OnBatteryShare);
    }

    [Fact]
    public void Read_MinuteNotOverYet_IsThereFromItsSamples()
    {
        Record(100);
        Record(90);
        _writer.Write(Now.ToUnixTimeMilliseconds());

        var day = Assert.Single(_queries.Read(1, Now.AddDays(-1), Now.AddHours(1), 10).Items);
        Assert.Equal(new HistoryValue(90, 95, 100), day.Values["batteryChargePercent"]);
    }

    [Fact]
    public void Read_ValueNeverReported_IsAbsent()
    {
        Record(100);
        _writer.Write(long.MaxValue);

        var point = Assert.Single(_queries.Read(1, Now.AddMinutes(-5), Now.AddSeconds(1), 300).Items);
        Assert.Equal(["batteryChargePercent"], point.Values.Keys);
    }

    [Fact]
    public void Read_NothingThere_IsEmpty()
    {
        Assert.Empty(_queries.Read(1, Now.AddDays(-1), Now, 300).Items);
        Record(100);
        _writer.Write(long.MaxValue);
        Assert.Empty(_queries.Read(2, Now.AddDays(-1), Now.AddDays(1), 300).Items);
    }

    [Theory]
    [InlineData(0, 3_600, 300, "raw")]
    [InlineData(0, 86_400, 300, "1m")]
    [InlineData(0, 30 * 86_400, 300, "1h")]
    [InlineData(0, 30 * 86_400, 2000, "15m")]
    [InlineData(3 * 86_400, 3_600, 300, "1m")]
    [InlineData(60 * 86_400, 3_600, 300, "15m")]
    [InlineData(400 * 86_400, 3_600, 300, "1h")]
    [InlineData(0, 365 * 86_400, 300, "6h")]
    [InlineData(0, 365 * 86_400, 2000, "6h")]
    [InlineData(0, 90 * 86_400, 2000, "1h")]
    [InlineData(0, 7 * 86_400, 2000, "15m")]
    [InlineData(0, 86_400, 2000, "1m")]
    [InlineData(0, 10 * 365 * 86_400, 2000, "6h")]
    public void Read_Span_ComesFromTheCoarsestThatIsFineEnoughAndStillKept(
        int secondsAgo,
        int span,
        int points,
        string source
    )
    {
        var to = Now.AddSeconds(-secondsAgo);

        var series = _queries.Read(1, to.AddSeconds(-span), to, points);

        Assert.Equal(source, series.Source);
        Assert.True(series.BucketSeconds * points >= span);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(7)]
    public void Read_SpanThatBeginsBetweenRows_HasNoPointTooMany(int points)
    {
        _time.Advance(TimeSpan.FromSeconds(17));
        var from = Now;
        Feed(minutes: 61, _ => 100);
        _writer.Write(long.MaxValue);

        var series = _queries.Read(1, from, from.AddHours(1), points);

        Assert.InRange(series.Items.Count, points - 1, points);
        Assert.All(series.Items, item => Assert.InRange(item.At, from.AddMinutes(-10), from.AddHours(1)));
    }

    /// <summary>A process that was killed leaves samples of minutes that it never summed.</summary>
    [Fact]
    public void Start_AfterAKill_SumsWhatWasNot()
    {
        var from = Now;
        Feed(minutes: 20, minute => 100 - minute);
        _writer.Write(0);
        using (var connection = _file.OpenForWriting())
            HistoryStore.Execute(
                connection,
                "DELETE FROM rollup WHERE step > 60000 OR at >= @at",
                ("@at", Ms(from, 10))
            );
        using var next = new HistoryWriter(_file, _recorder, _time, NullLogger<HistoryWriter>.Instance);

        next.Write(long.MaxValue);
        Feed(minutes: 1, _ => 50);
        next.Write(long.MaxValue);

        var minutes = _queries.Read(1, from, from.AddMinutes(21), 21);
        Assert.Equal(21, minutes.Items.Count);
        Assert.Equal(82, minutes.Items[18].Values["batteryChargePercent"].Mean);
        using var file = _file.OpenForReading();
        Assert.NotNull(file);
        Assert.Equal((2, 1, 1), (Steps(file, 900), Steps(file, 3600), Steps(file, 6 * 3600)));
    }

    [Fact]
    public void Clean_AfterALongTimeOff_GoesInPortions()
    {
        using (var connection = _file.OpenForWriting())
            HistoryStore.Execute(
                connection,
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
                INSERT INTO sample (ups, at, status, ob) SELECT 1, i * 1000, 1, 0 FROM n
                """
            );
        using var file = _file.OpenForWriting();
        var passes = 1;
        while (!HistoryUpkeep.Clean(file, Now.ToUnixTimeMilliseconds()))
            passes++;

        Assert.Equal((2, 0), (passes, Scalar(file, "SELECT COUNT(*) FROM sample")));
    }

    /// <summary>Nothing was read for an hour: no bucket stands for it, and no line crosses it.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(6)]
    public void Read_Gap_StaysAGap(int hours)
    {
        _time.Advance(TimeSpan.FromHours(hours - 2.5));
        Feed(minutes: 45, _ => 100);
        _time.Advance(TimeSpan.FromHours(1));
        Feed(minutes: 45, _ => 60);
        _writer.Write(long.MaxValue);

        var series = _queries.Read(1, Now.AddHours(-hours), Now, 300);
        var line = UpsTrace.Line(series, "batteryChargePercent");

        Assert.Single(line, p => p.Value is null);
        Assert.DoesNotContain(series.Items, i => i.Values["batteryChargePercent"].Mean is > 60 and < 100);
    }

    [Fact]
    public void Clean_AfterItsTime_EveryKindGoesAndTheHoursStay()
    {
        Feed(minutes: 120, minute => minute % 2 == 0 ? 100 : 50);
        _writer.Write(long.MaxValue);
        using var connection = _file.OpenForWriting();
        long Rows(string where) => Scalar(connection, $"SELECT COUNT(*) FROM {where}");
        long At(int days) => Now.AddDays(days).ToUnixTimeMilliseconds();
        Assert.True(Rows("sample") >= 120);

        HistoryUpkeep.Clean(connection, At(3));
        Assert.Equal((0, 120), (Rows("sample"), Rows("rollup WHERE step = 60000")));
        HistoryUpkeep.Clean(connection, At(31));
        Assert.Equal((0, 8), (Rows("rollup WHERE step = 60000"), Rows("rollup WHERE step = 900000")));
        HistoryUpkeep.Clean(connection, At(400));
        Assert.Equal((0, 2), (Rows("rollup WHERE step = 900000"), Rows("rollup WHERE step = 3600000")));
    }

    [Fact]
    public void Delete_OfAUps_LeavesTheOthers()
    {
        Record(100, upsId: 1);
        Record(90, upsId: 2);
        _writer.Write(long.MaxValue);

        _writer.DeleteSoon(1);
        _writer.Write(long.MaxValue);

        Assert.Empty(_queries.Read(1, Now.AddHours(-1), Now.AddHours(1), 10).Items);
        Assert.Single(_queries.Read(2, Now.AddHours(-1), Now.AddHours(1), 2).Items);
    }

    [Fact]
    public async Task Write_FileIsCorrupt_BeginsAnewAndKeepsTheOld()
    {
        await File.WriteAllTextAsync(_database.Folder.HistoryDb, new string('?', 8192));
        Record(100);

        _writer.Write(long.MaxValue);

        Assert.Single(_queries.Read(1, Now.AddHours(-1), Now.AddHours(1), 2).Items);
        Assert.True(File.Exists(_database.Folder.HistoryDb + ".bad"));
    }

    [Fact]
    public void Write_FileIsLocked_KeepsWhatWaitsAndWritesItLater()
    {
        Record(100);
        _writer.Write(long.MaxValue);
        using (var holder = new SqliteConnection($"Data Source={_database.Folder.HistoryDb};Pooling=False"))
        {
            holder.Open();
            Scalar(holder, "BEGIN IMMEDIATE");
            _time.Advance(TimeSpan.FromMinutes(2));
            Record(50);
            _writer.Write(long.MaxValue);
        }

        _writer.Write(long.MaxValue);

        Assert.Equal(2, _queries.Read(1, Now.AddMinutes(-10), Now.AddMinutes(10), 20).Items.Count);
    }

    /// <summary>A reading a second, its charge by the minute.</summary>
    private void Feed(int minutes, Func<int, double?> charge, Func<int, UpsStatus>? status = null)
    {
        for (var i = 0; i < minutes * 60; i++)
            Record(charge(i / 60), status?.Invoke(i / 60) ?? UpsStatus.OL);
    }

    private void Record(double? charge, UpsStatus status = UpsStatus.OL, int upsId = 1)
    {
        var reading = new UpsReading
        {
            At = Now,
            Taken = default,
            Status = status,
            BatteryChargePercent = charge,
        };
        _recorder.Record(upsId, reading, status.HasFlag(UpsStatus.OB));
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private static long Ms(DateTimeOffset from, int minutes) => from.AddMinutes(minutes).ToUnixTimeMilliseconds();

    private static long Steps(SqliteConnection connection, int seconds) =>
        Scalar(connection, $"SELECT COUNT(*) FROM rollup WHERE step = {seconds * 1000}");

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
