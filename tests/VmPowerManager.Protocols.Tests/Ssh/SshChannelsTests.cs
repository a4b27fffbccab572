using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

public sealed class SshChannelsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SshChannels _channels;

    public SshChannelsTests() => _channels = new(8, _time);

    [Fact]
    public async Task Refused_WithSomeOpen_AsManyAsAreOpenEnter()
    {
        Enter(3);
        Open(2);

        Assert.Equal(Refusal.Full, await _channels.RefusedAsync(Ct));

        Assert.False(_channels.TryEnter());
        _channels.Leave(opened: true);
        Assert.True(_channels.TryEnter());
        Assert.False(_channels.TryEnter());
    }

    [Fact]
    public async Task Refused_BeforeAnotherIsSeenOpen_ThatOneCounts()
    {
        Enter(3);
        Open(1);
        await _channels.RefusedAsync(Ct);
        Open(1);

        _channels.Leave(opened: true);

        Assert.True(_channels.TryEnter());
    }

    [Fact]
    public async Task Limit_IsLookedForAgain_AfterTenMinutes()
    {
        Enter(3);
        Open(2);
        await _channels.RefusedAsync(Ct);

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(_channels.TryEnter());
        _time.Advance(TimeSpan.FromMinutes(2));
        Enter(6);

        Assert.False(_channels.TryEnter());
    }

    [Fact]
    public async Task Refused_WithFewerThanOnceWereOpen_HoldsForAMomentOnly()
    {
        Enter(2);
        Open(2);
        _channels.Leave(opened: true);
        Enter(1);
        await _channels.RefusedAsync(Ct);
        Assert.False(_channels.TryEnter());

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(_channels.TryEnter());
        Assert.False(_channels.TryEnter());
    }

    [Fact]
    public async Task Refused_AllThatEnteredAFreshOne_AllKnow()
    {
        Enter(3);
        var first = _channels.RefusedAsync(Ct);
        var second = _channels.RefusedAsync(Ct);
        Assert.False(first.IsCompleted || second.IsCompleted);

        Assert.Equal(Refusal.Never, await _channels.RefusedAsync(Ct));

        Assert.Equal((Refusal.Never, Refusal.Never), (await first, await second));
        Assert.False(_channels.TryEnter());
    }

    [Fact]
    public async Task Refused_WhileAnotherIsOpening_WaitsForThatOne()
    {
        Enter(2);
        var refused = _channels.RefusedAsync(Ct);
        Assert.False(refused.IsCompleted);

        Open(1);

        Assert.Equal(Refusal.Full, await refused);
    }

    [Fact]
    public async Task Refused_WithNothingOfOursOnOneThatServed_NobodyEnters()
    {
        Enter(1);
        Open(1);
        _channels.Leave(opened: true);
        Enter(1);

        Assert.Equal(Refusal.Stuck, await _channels.RefusedAsync(Ct));

        Assert.False(_channels.TryEnter());
        Assert.False(_channels.IsBusy);
    }

    [Fact]
    public void Changed_OnLeaving_Ends()
    {
        Enter(8);
        var changed = _channels.Changed;
        Assert.False(_channels.TryEnter() || changed.IsCompleted);

        _channels.Leave(opened: false);

        Assert.True(changed.IsCompleted && _channels.TryEnter());
    }

    private void Enter(int many)
    {
        for (var i = 0; i < many; i++)
            Assert.True(_channels.TryEnter());
    }

    private void Open(int many)
    {
        for (var i = 0; i < many; i++)
            _channels.Opened();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
