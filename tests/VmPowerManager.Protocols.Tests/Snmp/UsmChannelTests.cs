using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Engines, clocks and keys over the life of a client.</summary>
public sealed class UsmChannelTests
{
    private static readonly SnmpLimits Quick = new() { TryTime = TimeSpan.FromSeconds(1) };
    private static readonly SnmpLimits Patient = new() { TryTime = TimeSpan.FromSeconds(5) };
    private static readonly byte[] EngineId = Convert.FromHexString("80001f8803000000000001");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Read_First_DiscoversAndThenAsksOnly()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 7, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        Assert.Equal("here", await UsmAgent.ReadAsync(client));
        Assert.Equal("here", await UsmAgent.ReadAsync(client));

        Assert.Equal(3, agent.Received);
    }

    [Fact]
    public async Task Read_AgentsClockJumped_IsResynchronised()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 7, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        await UsmAgent.ReadAsync(client);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("here", await UsmAgent.ReadAsync(client));

        Assert.Equal(4, agent.Received);
    }

    [Theory]
    [InlineData(8)] // as it should be
    [InlineData(3)] // a card that lost its count
    [InlineData(0)]
    public async Task Read_AgentRebooted_IsResynchronised(int boots)
    {
        _time.Advance(TimeSpan.FromDays(3));
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 7, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        await UsmAgent.ReadAsync(client);
        agent.Engine = Engine(EngineId, boots);

        Assert.Equal("here", await UsmAgent.ReadAsync(client));
        Assert.Equal("here", await UsmAgent.ReadAsync(client));

        Assert.Equal(5, agent.Received);
    }

    [Fact]
    public async Task Read_CardReplaced_TakesTheNewEngine()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 7, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        await UsmAgent.ReadAsync(client);
        agent.Engine = Engine(UsmAuthority.NewEngineId(), 1);

        Assert.Equal("here", await UsmAgent.ReadAsync(client));
    }

    [Fact]
    public async Task Read_TwoCardsWithOneEngineId_DoNotDisturbEachOther()
    {
        await using var one = new UsmAgent(new UsmAuthority(EngineId, 900, _time)) { Says = "one" };
        await using var two = new UsmAgent(new UsmAuthority(EngineId, 2, TimeProvider.System)) { Says = "two" };
        _time.Advance(TimeSpan.FromDays(90));
        await using var first = new SnmpClient(one.Endpoint, TimeProvider.System, Patient);
        await using var second = new SnmpClient(two.Endpoint, TimeProvider.System, Patient);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("one", await UsmAgent.ReadAsync(first));
            Assert.Equal("two", await UsmAgent.ReadAsync(second));
        }

        Assert.Equal((6, 6), (one.Received, two.Received));
    }

    [Fact]
    public async Task Read_ClockThatNeverFits_IsTold()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, int.MaxValue, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        var fault = await Assert.ThrowsAsync<SnmpException>(() => UsmAgent.ReadAsync(client));

        Assert.Equal(SnmpFault.NotInTimeWindow, fault.Reason);
        Assert.InRange(agent.Received, 2, 6);
    }

    [Fact]
    public async Task Read_AnswerWithAnotherDigest_IsNotTaken()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 1, _time));
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);
        agent.Tamper = datagram =>
        {
            datagram[^1] ^= 1;
            return datagram;
        };

        await Assert.ThrowsAsync<SnmpException>(() => UsmAgent.ReadAsync(client));
        agent.Tamper = d => d;

        Assert.Equal("here", await UsmAgent.ReadAsync(client));
    }

    [Fact]
    public async Task Read_AnswerOfAnEarlierRequest_IsNotTaken()
    {
        byte[]? old = null;
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 1, _time)) { Says = "old" };
        agent.Tamper = datagram => old ??= datagram;
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);
        Assert.Equal("old", await UsmAgent.ReadAsync(client));
        agent.Says = "new";

        Assert.Equal(
            SnmpFault.Timeout,
            (await Assert.ThrowsAsync<SnmpException>(() => UsmAgent.ReadAsync(client))).Reason
        );
        agent.Tamper = d => d;
        Assert.Equal("new", await UsmAgent.ReadAsync(client));
    }

    [Fact]
    public async Task Read_WrongSettings_NamesTheFailingStep()
    {
        await using var agent = new UsmAgent(new UsmAuthority(EngineId, 1, _time));
        var good = agent.Endpoint;

        Assert.Equal(SnmpFault.UnknownUser, await FaultAsync(good with { UserName = "nobody" }));
        Assert.Equal(SnmpFault.WrongAuth, await FaultAsync(good with { AuthPassword = "wrongpass1" }));
        Assert.Equal(SnmpFault.WrongAuth, await FaultAsync(good with { Auth = SnmpAuth.Sha512 }));
        Assert.Equal(SnmpFault.WrongPrivacy, await FaultAsync(good with { PrivacyPassword = "wrongpass1" }));
        Assert.Equal(SnmpFault.WrongPrivacy, await FaultAsync(good with { Privacy = SnmpPrivacy.Des }));
        Assert.Equal(
            SnmpFault.UnsupportedSecurityLevel,
            await FaultAsync(good with { Privacy = SnmpPrivacy.None, PrivacyPassword = null })
        );
        Assert.Equal(SnmpFault.WrongAuth, await FaultAsync(good with { AuthPassword = null }));
        Assert.Equal(SnmpFault.WrongPrivacy, await FaultAsync(good with { PrivacyPassword = "" }));
        Assert.Equal(SnmpFault.UnsupportedSecurityLevel, await FaultAsync(good with { Auth = SnmpAuth.None }));
        Assert.Equal(SnmpFault.UnknownContext, await FaultAsync(good with { ContextEngineId = "no hex" }));
    }

    private static async Task<SnmpFault> FaultAsync(SnmpEndpoint endpoint)
    {
        await using var client = new SnmpClient(endpoint, TimeProvider.System, Patient);
        return (await Assert.ThrowsAsync<SnmpException>(() => UsmAgent.ReadAsync(client))).Reason;
    }

    private UsmAuthority Engine(byte[] engineId, int boots)
    {
        var engine = new UsmAuthority(engineId, boots, _time);
        engine.SetUsers([UsmAgent.User]);
        return engine;
    }
}
