using VmPowerManager.Events;

namespace VmPowerManager.Tests.Events;

public sealed class LiveStreamTests
{
    private readonly LiveStream _stream = new();

    [Fact]
    public void Read_Newcomer_GetsTheNewestOfEachKey()
    {
        Publish("1");
        Publish("2");
        Publish("1");

        Assert.Equal([2L, 3L], Sequences(_stream.Read(null)));
    }

    [Fact]
    public void Read_Back_GetsExactlyWhatWasMissed()
    {
        for (var i = 0; i < 10; i++)
            Publish("1");

        Assert.Equal([8L, 9L, 10L], Sequences(_stream.Read(7)));
        Assert.Empty(_stream.Read(10).Messages);
    }

    [Fact]
    public void Read_AwayForLongerThanIsHeld_GetsStateAndIsToldOfTheGap()
    {
        for (var i = 0; i < 1001; i++)
            Publish("1");

        Assert.Equal(0, _stream.Read(0).EventsAfter);
        Assert.Equal([1001L], Sequences(_stream.Read(0)));
        Assert.Null(_stream.Read(1).EventsAfter);
        Assert.Equal(1000, _stream.Read(1).Messages.Count);
    }

    [Fact]
    public void Read_PlaceFromTheFuture_GetsTheCurrentState()
    {
        Publish("1");

        var slice = _stream.Read(1_000_000);

        Assert.Equal([1L], Sequences(slice));
        Assert.Equal(1, slice.UpTo);
    }

    [Fact]
    public void Forget_Gone_IsNotToldToNewcomers()
    {
        Publish("1");
        _stream.Forget(StreamTypes.Reading, "1");
        Assert.Empty(_stream.Read(null).Messages);
    }

    [Fact]
    public void Changed_EndsWithTheNextMessage()
    {
        var changed = _stream.Read(null).Changed;
        Assert.False(changed.IsCompleted);
        Publish("1");
        Assert.True(changed.IsCompleted);
    }

    private void Publish(string key) => _stream.Publish(StreamTypes.Reading, key, new { key });

    private static IEnumerable<long> Sequences(StreamSlice slice) => slice.Messages.Select(m => m.Sequence);
}
