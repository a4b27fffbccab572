using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups.Quality;

/// <summary>The log in history.db: what the loop of a UPS saw, as pages and the API read it.</summary>
public sealed class QualityLogTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly HistoryRecorder _recorder = new();
    private readonly HistoryDb _file;
    private readonly HistoryWriter _writer;
    private readonly QualityQueries _queries;

    public QualityLogTests()
    {
        _file = new HistoryDb(_database.Folder, NullLogger<HistoryDb>.Instance);
        _writer = new HistoryWriter(_file, _recorder, _time, NullLogger<HistoryWriter>.Instance);
        _queries = new QualityQueries(_file);
    }

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return _database.DisposeAsync();
    }

    [Fact]
    public async Task Outage_OfAUps_IsOneRowThatGrows()
    {
        await using var bench = new UpsBench();
        bench.Run(5);
        bench.Device.Status = UpsStatus.OB;
        bench.Run(20);
        Write(bench);
        Assert.Equal((InputEventKind.Outage, null), (Single().Kind, Single().End));

        bench.Device.Status = UpsStatus.OL;
        bench.Run(15);
        Write(bench);

        var outage = Single();
        Assert.InRange(outage.Seconds, 19, 21);
        Assert.Equal(0, outage.Extreme);
    }

    [Fact]
    public void Pages_OfTheLog_HoldEachOnceNewestFirst()
    {
        for (var i = 0; i < 25; i++)
            Note(i % 2 == 0 ? InputEventKind.Sag : InputEventKind.Boost, Noon.AddMinutes(i / 2));
        _writer.Write(long.MaxValue);

        var seen = new List<InputEvent>();
        string? cursor = null;
        do
        {
            var page = _queries.Read(1, new QualityFilter(), cursor, 4);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(25, seen.DistinctBy(e => (e.Begin, e.Source)).Count());
        Assert.Equal(seen.OrderByDescending(e => e.Begin).Select(e => e.Begin), seen.Select(e => e.Begin));
        Assert.Equal(
            [(InputEventKind.Sag, 13), (InputEventKind.Boost, 12)],
            _queries.Count(1, new QualityFilter()).Select(c => (c.Kind, c.Times))
        );
    }

    [Fact]
    public void Filter_ByKindAndSpan_LeavesTheRest()
    {
        Note(InputEventKind.Sag, Noon);
        Note(InputEventKind.Swell, Noon.AddHours(1));
        Note(InputEventKind.Sag, Noon.AddHours(2));
        Note(InputEventKind.Sag, Noon.AddHours(2), upsId: 2);
        _writer.Write(long.MaxValue);

        Assert.Equal(2, Read(new QualityFilter { Kinds = [InputEventKind.Sag] }).Count);
        Assert.Single(Read(new QualityFilter { From = Noon.AddMinutes(10), To = Noon.AddMinutes(90) }));
        Assert.Single(Read(new QualityFilter(), upsId: 2));
        Assert.Throws<InvalidInputException>(() => _queries.Read(1, new QualityFilter(), "x", 10));
        Assert.Throws<InvalidInputException>(() => _queries.Read(1, new QualityFilter(), null, 0));
    }

    /// <summary>A regulator that flaps all year pushes out no outage.</summary>
    [Fact]
    public void Clean_ManyOfAKind_KeepsTheNewestOfEach()
    {
        Note(InputEventKind.Outage, Noon.AddYears(-1));
        for (var i = 0; i < QualitySql.MostOfAKind + 30; i++)
            Note(InputEventKind.Boost, Noon.AddSeconds(i));
        var sample = new UpsReading { At = Noon, Taken = default };
        _recorder.Record(1, sample, false);
        _writer.Write(long.MaxValue);
        using var connection = _file.OpenForWriting();

        Assert.True(HistoryUpkeep.Clean(connection, Noon.ToUnixTimeMilliseconds()));

        Assert.Equal(
            [(InputEventKind.Boost, QualitySql.MostOfAKind), (InputEventKind.Outage, 1)],
            _queries.Count(1, new QualityFilter()).Select(c => (c.Kind, c.Times))
        );
        Assert.Equal(Noon.AddSeconds(30), Read(new QualityFilter(), most: 1000, to: Noon.AddSeconds(31))[^2].Begin);
    }

    [Fact]
    public void Start_AfterAKill_ClosesWhatWasOpen()
    {
        Note(InputEventKind.Sag, Noon, open: true);
        _recorder.Record(1, new UpsReading { At = Noon.AddSeconds(40), Taken = default }, false);
        _writer.Write(long.MaxValue);
        using var next = new HistoryWriter(_file, _recorder, _time, NullLogger<HistoryWriter>.Instance);

        Note(InputEventKind.Boost, Noon.AddMinutes(1));
        next.Write(long.MaxValue);

        var sag = Read(new QualityFilter { Kinds = [InputEventKind.Sag] }).Single();
        Assert.Equal((true, 40, Noon.AddSeconds(40)), (sag.Cut, sag.Seconds, sag.End));
    }

    [Fact]
    public void Delete_OfAUps_TakesItsLogAlong()
    {
        Note(InputEventKind.Sag, Noon);
        _writer.Write(long.MaxValue);
        _writer.DeleteSoon(1);
        _writer.Write(long.MaxValue);

        Assert.Empty(Read(new QualityFilter()));
    }

    private InputEvent Single() => Assert.Single(Read(new QualityFilter()));

    private IReadOnlyList<InputEvent> Read(
        QualityFilter filter,
        int upsId = 1,
        int most = 100,
        DateTimeOffset? to = null
    ) => _queries.Read(upsId, filter with { To = to ?? filter.To }, null, most).Items;

    private void Write(UpsBench bench)
    {
        using var connection = _file.OpenForWriting();
        HistoryStore.Write(connection, bench.History.Take(long.MaxValue));
    }

    private void Note(InputEventKind kind, DateTimeOffset begin, int upsId = 1, bool open = false)
    {
        var source = kind switch
        {
            InputEventKind.Boost => InputSource.Regulation,
            InputEventKind.Outage => InputSource.Supply,
            _ => InputSource.Voltage,
        };
        var what = new InputEvent(source, kind, begin)
        {
            Seconds = open ? 0 : 5,
            End = open ? null : begin.AddSeconds(5),
        };
        _recorder.Note(InputLog.Note(upsId, what));
    }
}
