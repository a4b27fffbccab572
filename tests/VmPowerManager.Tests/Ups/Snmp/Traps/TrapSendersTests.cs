using System.Net;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp.Traps;

namespace VmPowerManager.Tests.Ups.Snmp.Traps;

public sealed class TrapSendersTests
{
    private static readonly IPAddress Stranger = IPAddress.Parse("198.51.100.1");

    private static readonly SnmpNotification Trap = new(SnmpVersion.V2c, Oid.Parse("1.3.6.1.4.1.318.0.5"), [])
    {
        Community = "public",
    };

    [Fact]
    public void Match_TheAddress_CountsMoreThanTheCommunity()
    {
        var senders = Senders(bench =>
            bench.Add(1, new { host = "192.0.2.1" }).Add(2, new { host = "192.0.2.2" }, ("community", "other"))
        );

        Assert.Equal([2], Matched(senders, Trap, IPAddress.Parse("192.0.2.2")));
        Assert.Equal([1], Matched(senders, Trap, Stranger));
        Assert.Equal([2], Matched(senders, Trap with { AgentAddress = IPAddress.Parse("192.0.2.2") }, Stranger));
        Assert.Empty(Matched(senders, Trap with { Community = "nobody" }, Stranger));
    }

    [Fact]
    public void Match_SeveralUpsesOfOneCard_AreAllRead()
    {
        var senders = Senders(bench =>
            bench.Add(1, new { host = "192.0.2.1" }).Add(2, new { host = "192.0.2.1", port = 1161 })
        );

        Assert.Equal([1, 2], Matched(senders, Trap, IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void Match_ManyAtOneAddress_AreToldApartByWhatTheTrapBears()
    {
        var senders = Senders(bench =>
        {
            for (var i = 1; i <= 50; i++)
                bench.Add(i, new { host = "192.0.2.1", port = 1000 + i }, ("community", $"c{i}"));
        });

        Assert.Equal([7], Matched(senders, Trap with { Community = "c7" }, IPAddress.Parse("192.0.2.1")));
        Assert.Equal([8], Matched(senders, Trap with { Community = "c8" }, Stranger));
        Assert.Empty(Matched(senders, Trap, IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void Match_CommunityOfACrowd_IsNoMatch()
    {
        var senders = Senders(bench =>
        {
            for (var i = 1; i <= 50; i++)
                bench.Add(i, new { host = $"192.0.2.{i}" });
        });

        Assert.Empty(Matched(senders, Trap, Stranger));
    }

    [Fact]
    public void Match_EngineLearntByAddress_ServesBehindNat()
    {
        object v3 = new
        {
            host = "192.0.2.1",
            version = "v3",
            userName = "op",
        };
        object other = new
        {
            host = "192.0.2.2",
            version = "v3",
            userName = "op",
        };
        var senders = Senders(bench => bench.Add(1, v3).Add(2, other));
        var trap = new SnmpNotification(SnmpVersion.V3, Trap.TrapOid, [])
        {
            User = new SnmpUser("op"),
            EngineId = "80",
        };

        Assert.Equal([1, 2], Matched(senders, trap, Stranger));
        Assert.Equal([2], Matched(senders, trap, IPAddress.Parse("192.0.2.2")));
        Assert.Equal([2], Matched(senders, trap, Stranger));
    }

    [Fact]
    public void Refresh_AnotherUps_SaysSo()
    {
        var bench = new TrapBench();
        bench.Add(1, new { host = "localhost" });
        var senders = new TrapSenders(bench.News, new FakeTimeProvider());

        Assert.True(senders.Refresh(default));
        Assert.False(senders.Refresh(default));
        bench.Add(2, new { host = "192.0.2.2" });
        Assert.True(senders.Refresh(default));
    }

    [Fact]
    public async Task Match_AName_IsResolved()
    {
        var bench = new TrapBench();
        bench.Add(1, new { host = "localhost" }, ("community", "other"));
        var senders = new TrapSenders(bench.News, new FakeTimeProvider());

        await Soon.BecomesTrueAsync(
            () =>
            {
                senders.Refresh(default);
                return Task.FromResult(Matched(senders, Trap, IPAddress.Loopback).SequenceEqual([1]));
            },
            "the name is resolved"
        );
    }

    [Fact]
    public void Budget_OneSenderFloods_TheOthersAreHeard()
    {
        var time = new FakeTimeProvider();
        var budget = new TrapBudget(time);
        var flood = IPAddress.Parse("192.0.2.1");

        var taken = Enumerable.Range(0, 10_000).Count(_ => budget.Take(flood));
        Assert.Equal(40, taken);
        Assert.Equal(9_960, budget.Dropped);
        Assert.True(budget.Take(Stranger));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => budget.Take(flood)));
    }

    [Fact]
    public void Budget_FloodOfForgedSenders_IsBoundedTogether()
    {
        var budget = new TrapBudget(new FakeTimeProvider());

        var taken = Enumerable
            .Range(0, 100_000)
            .Count(i => budget.Take(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i])));

        Assert.Equal(1000, taken);
    }

    private static TrapSenders Senders(Action<TrapBench> arrange)
    {
        var bench = new TrapBench();
        arrange(bench);
        var senders = new TrapSenders(bench.News, new FakeTimeProvider());
        senders.Refresh(default);
        return senders;
    }

    private static IEnumerable<int> Matched(TrapSenders senders, SnmpNotification trap, IPAddress source) =>
        senders.Match(trap, source).Select(s => s.UpsId).Order();
}
