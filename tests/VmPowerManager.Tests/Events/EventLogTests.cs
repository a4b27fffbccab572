using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Events;

public sealed class EventLogTests
{
    private readonly LiveStream _stream = new(startAfter: 100);
    private readonly FakeTimeProvider _time = new();
    private readonly EventLog _log;

    public EventLogTests() => _log = new EventLog(_time, _stream);

    [Fact]
    public void Append_GoesOnAfterTheHighestStored()
    {
        Assert.Equal(101, Append());
        Assert.Equal(102, _stream.Publish(StreamTypes.Reading, "1", new { }));
        Assert.Equal(103, Append());
    }

    [Fact]
    public void Append_ManyThreads_OrderAndNumberAgree()
    {
        Parallel.For(0, 900, i => _ = i % 2 == 0 ? Append() : _stream.Publish(StreamTypes.Reading, "1", new { }));

        var sequences = _log.Latest().Select(e => e.Sequence).ToList();
        Assert.Equal(450, sequences.Count);
        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.Equal(1000, _stream.Sequence);
    }

    [Fact]
    public void Append_DataThatIsNoJson_KeepsTheEvent()
    {
        _log.Append(new NewEvent("test.happened", Severity.Info, "system", "It did.") { Data = double.NaN });

        var entry = Assert.Single(_log.Latest());
        Assert.True(entry.Data!.Value.TryGetProperty("unreadable", out _));
    }

    [Fact]
    public void Latest_Stored_KeepsTheNewestThousand()
    {
        for (var i = 0; i < 1500; i++)
            _log.MarkStored(Append());

        Assert.Equal(1000, _log.Latest().Count);
        Assert.Equal(1600, _log.Latest()[^1].Sequence);
        Assert.Null(_log.After(599));
        Assert.Equal(1000, _log.After(600)!.Count);
    }

    [Fact]
    public void NothingStored_KeepsAllUpToItsBound_ThenCountsWhatIsLost()
    {
        for (var i = 0; i < EventLog.MostUnstored + 7; i++)
            Append();

        Assert.Equal(EventLog.MostUnstored, _log.Unstored().Count);
        Assert.Equal(7, _log.TakeLost());
        Assert.Equal(0, _log.TakeLost());
        Assert.Equal(108, _log.Unstored()[0].Sequence);

        _log.MarkStored(_log.Unstored()[^1].Sequence);
        Assert.Empty(_log.Unstored());
        Assert.Equal(1000, _log.Latest().Count);
    }

    [Fact]
    public void Appended_EndsWithTheNextEvent()
    {
        var appended = _log.Appended();
        Assert.False(appended.IsCompleted);
        Append();
        Assert.True(appended.IsCompleted);
    }

    [Fact]
    public async Task Stored_EndsWithWhatWasAppendedBefore()
    {
        Assert.True(_log.StoredAsync(TimeSpan.FromSeconds(2)).IsCompleted);
        var (first, second) = (Append(), Append());
        var stored = _log.StoredAsync(TimeSpan.FromSeconds(2));
        Append();
        _log.MarkStored(first);
        Assert.False(stored.IsCompleted);
        _log.MarkStored(second);
        await stored;
    }

    [Fact]
    public async Task Stored_DatabaseThatTakesNothing_IsWaitedForNoLonger()
    {
        Append();
        var stored = _log.StoredAsync(TimeSpan.FromSeconds(2));
        _log.MarkStalled();
        await stored;
        Assert.True(_log.StoredAsync(TimeSpan.FromSeconds(2)).IsCompleted);
        _log.MarkStored(Append());
        Append();
        Assert.False(_log.StoredAsync(TimeSpan.FromSeconds(2)).IsCompleted);
    }

    [Fact]
    public async Task Stored_SlowDatabase_IsWaitedForSoLong()
    {
        Append();
        var stored = _log.StoredAsync(TimeSpan.FromSeconds(2));
        Assert.False(stored.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        await stored;
    }

    private long Append() => _log.Append(new NewEvent("test.happened", Severity.Info, "system", "It did."));
}
