using VmPowerManager.Components;

namespace VmPowerManager.Tests.Components;

public sealed class LiveTests
{
    [Fact]
    public async Task Watch_BeginsWithTheValueAsItIs()
    {
        var live = new Live<int>(7);
        await using var reader = live.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(7, reader.Current);
    }

    [Fact]
    public async Task SlowReader_GetsTheNewestAlone()
    {
        var live = new Live<int>(0);
        await using var reader = live.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        for (var i = 1; i <= 1000; i++)
            live.Set(i);
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(1000, reader.Current);
        await ComesNextAsync(live, reader, 1001);
    }

    [Fact]
    public async Task ManyWriters_LoseNoUpdate_AndEveryReaderEndsWithTheLast()
    {
        var live = new Live<int>(0);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => LastAsync(live, 4000, done.Token)).ToArray();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(
                        () =>
                        {
                            for (var i = 0; i < 1000; i++)
                                live.Update(n => n + 1);
                        },
                        TestContext.Current.CancellationToken
                    )
                )
        );
        Assert.All(await Task.WhenAll(readers), last => Assert.Equal(4000, last));
        await done.CancelAsync();
    }

    [Fact]
    public async Task EndedReader_IsForgotten()
    {
        var live = new Live<int>(0);
        using var end = new CancellationTokenSource();
        var reader = live.WatchAsync(end.Token).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        Assert.Equal(1, live.Readers);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.MoveNextAsync());
        await reader.DisposeAsync();
        Assert.Equal(0, live.Readers);
    }

    [Fact]
    public async Task SameValueAgain_TellsNobody()
    {
        var live = new Live<string>("a");
        await using var reader = live.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        live.Set("a");
        await ComesNextAsync(live, reader, "b");
    }

    /// <summary>Nothing is waiting; what is set now is what comes.</summary>
    private static async Task ComesNextAsync<T>(Live<T> live, IAsyncEnumerator<T> reader, T value)
    {
        var next = reader.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        live.Set(value);
        Assert.True(await next);
        Assert.Equal(value, reader.Current);
    }

    private static async Task<int> LastAsync(Live<int> live, int until, CancellationToken ct)
    {
        await foreach (var value in live.WatchAsync(ct))
        {
            if (value == until)
                return value;
        }
        return -1;
    }
}
