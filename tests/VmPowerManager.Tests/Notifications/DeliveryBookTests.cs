using VmPowerManager.Events;
using VmPowerManager.Notifications;

namespace VmPowerManager.Tests.Notifications;

public sealed class DeliveryBookTests
{
    private readonly DeliveryBook _book = new();
    private long _sequence;

    public DeliveryBookTests() => _book.Load([], 0, 0, stored: true);

    [Fact]
    public void BeforeItIsLoaded_NothingIsStored() // its cursor would tell everything of the past once more
    {
        var book = new DeliveryBook();
        book.Settle();
        book.Revive(Message(7, Severity.Info));
        Assert.Null(book.TakeUnstored(10));
        Assert.Null(book.TakeUnstored(10, all: true));
        book.Load([], 7, 500, stored: true);
        Assert.Equal(500, book.TakeUnstored(10)!.Value.Cursor);
        book.MarkStored(book.TakeUnstored(10)!.Value.Changed, 500);
        Assert.Null(book.TakeUnstored(10, all: true));
    }

    [Fact]
    public void EventAfterTheCursor_ThatMadeItsMessageBefore_MakesNoSecond()
    {
        _book.Load([], 7, 10, stored: true, [(11, 1)]);
        _sequence = 10;
        Add();
        Assert.Empty(_book.Waiting(1));
        Assert.Equal(8, Add());
        Assert.Equal(12, Assert.Single(_book.Waiting(1)).EventSequence);
    }

    [Fact]
    public void TooMany_OldestThatIsNotCriticalGoes_AndSaysSo()
    {
        var critical = Add(Severity.Critical);
        var oldest = Add();
        for (var i = 2; i < DeliveryBook.MostWaiting; i++)
            Add();
        Assert.Equal(DeliveryBook.MostWaiting, _book.Waiting(1).Count);
        var dropped = Assert.Single(_book.Add(++_sequence, [id => Message(id, Severity.Info)]));
        Assert.Equal(oldest, dropped.Id);
        Assert.Equal(DeliveryState.GivenUp, dropped.State);
        Assert.Contains("Dropped", dropped.LastError, StringComparison.Ordinal);
        Assert.Equal(critical, _book.Waiting(1)[0].Id);
    }

    [Fact]
    public void OtherChannel_IsNotConcernedByAFullOne()
    {
        for (var i = 0; i <= DeliveryBook.MostWaiting; i++)
            Add();
        Assert.Empty(_book.Add(++_sequence, [id => Message(id, Severity.Info) with { ChannelId = 2 }]));
    }

    [Fact]
    public void Cursor_GoesWithTheLastMessageOfItsBatch()
    {
        _book.Load([], 0, 10, stored: true);
        _sequence = 10;
        Add();
        Add();
        var (part, before) = _book.TakeUnstored(1)!.Value;
        Assert.Equal(10, before);
        _book.MarkStored(part, before);
        var (rest, after) = _book.TakeUnstored(1)!.Value;
        Assert.Equal(12, after);
        _book.MarkStored(rest, after);
        Assert.Null(_book.TakeUnstored(1));
    }

    [Fact]
    public void Cursor_ThatOnlyMoved_IsStoredAtIntervals_OrWhenAskedFor()
    {
        _book.Load([], 0, 0, stored: true);
        _book.Add(5, []);
        Assert.Null(_book.TakeUnstored(10));
        Assert.Equal(5, _book.TakeUnstored(10, all: true)!.Value.Cursor);
        _book.Settle();
        Assert.Equal(5, _book.TakeUnstored(10)!.Value.Cursor);
        _book.MarkStored([], 5);
        Assert.Null(_book.TakeUnstored(10, all: true));
        _book.Add(500, []);
        Assert.Equal(500, _book.TakeUnstored(10)!.Value.Cursor);
    }

    [Fact]
    public void Change_WhileStoring_IsStoredAgain()
    {
        var id = Add();
        var (batch, cursor) = _book.TakeUnstored(10)!.Value;
        _book.Put(_book.Find(id)! with { Attempts = 1 });
        _book.MarkStored(batch, cursor);
        Assert.Equal(1, Assert.Single(_book.TakeUnstored(10)!.Value.Changed).Attempts);
    }

    [Theory]
    [InlineData(DeliveryState.Failed, true)]
    [InlineData(DeliveryState.GivenUp, true)]
    [InlineData(DeliveryState.Sending, false)]
    [InlineData(DeliveryState.Delivered, false)]
    public void Revived_OnlyWhatIsNotUnderWayMeanwhile(DeliveryState meanwhile, bool revived)
    {
        var looked = _book.Find(Add())!;
        _book.Put(looked with { State = meanwhile });
        Assert.Equal(revived, _book.Revive(looked));
    }

    [Fact]
    public void Forgotten_DoesNotComeBack()
    {
        var id = Add();
        var delivery = _book.Find(id)!;
        _book.ForgetChannel(1);
        _book.Put(delivery with { State = DeliveryState.Delivered });
        Assert.Null(_book.Find(id));
        Assert.Empty(_book.Unstored());
    }

    private long Add(Severity severity = Severity.Info)
    {
        long made = 0;
        _book.Add(
            ++_sequence,
            [
                id =>
                {
                    made = id;
                    return Message(id, severity);
                },
            ]
        );
        return made;
    }

    private Delivery Message(long id, Severity severity) =>
        new()
        {
            Id = id,
            ChannelId = 1,
            EventSequence = _sequence,
            EventType = "test.happened",
            Source = "test",
            Severity = severity,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Content = SenderBench.Of($"key-{id}"),
        };
}
