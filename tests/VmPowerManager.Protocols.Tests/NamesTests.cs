using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace VmPowerManager.Protocols.Tests;

/// <summary>POLICY F8: the last good address serves when names fail, also when the name server says nothing at all.</summary>
public sealed class NamesTests
{
    private static readonly IPAddress LastGood = IPAddress.Parse("192.0.2.7");
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NameServerSaysNothing_AfterASecondTheLastGoodAddressServes()
    {
        var asked = AskAsync((_, _) => new TaskCompletionSource<IPAddress[]>().Task, LastGood);
        Assert.False(asked.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([LastGood], await asked);
    }

    [Fact]
    public async Task NothingIsKnown_TheNameServerHasAllTheTime()
    {
        var told = new TaskCompletionSource<IPAddress[]>();
        var asked = AskAsync((_, _) => told.Task, null);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(asked.IsCompleted);

        told.SetResult([IPAddress.Loopback]);

        Assert.Equal([IPAddress.Loopback], await asked);
    }

    [Fact]
    public async Task NameServerSaysNo_TheLastGoodAddressServes_ElseThereIsNone()
    {
        Task<IPAddress[]> No(string host, CancellationToken ct) => throw new SocketException((int)SocketError.TryAgain);

        Assert.Equal([LastGood], await AskAsync(No, LastGood));
        Assert.Empty(await AskAsync(No, null));
    }

    [Fact]
    public async Task CallerGoesAway_IsCancelled()
    {
        using var leaving = new CancellationTokenSource();
        var asked = Names.ResolveAsync(
            "h1.lan",
            LastGood,
            (_, _) => new TaskCompletionSource<IPAddress[]>().Task,
            _time,
            leaving.Token
        );

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private Task<IReadOnlyList<IPAddress>> AskAsync(
        Func<string, CancellationToken, Task<IPAddress[]>> lookup,
        IPAddress? lastGood
    ) => Names.ResolveAsync("h1.lan", lastGood, lookup, _time, Ct);
}
