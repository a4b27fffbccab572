using System.Net;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;
using VmPowerManager.Ups.Simulator;
using VmPowerManager.Ups.Snmp;
using SnmpAgent = VmPowerManager.Protocols.Snmp.Agent.SnmpAgent;

namespace VmPowerManager.Tests.Ups.Simulator;

/// <summary>RFC 1628 as the simulated card serves it.</summary>
public sealed class SimulatedSnmpTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SimulatedDevice _device;
    private readonly SimulatedSnmp _card;

    public SimulatedSnmpTests()
    {
        _device = new SimulatedDevice("sim2", new SimulatedUps(new SimulatedModel()), _time);
        _card = new SimulatedSnmp(_device);
    }

    [Fact]
    public void Walk_GoesThroughEveryObjectOnceAndInOrder()
    {
        var seen = Walk();

        Assert.Equal(seen.Select(v => v.Name).Order().Distinct(), seen.Select(v => v.Name));
        Assert.All(seen, v => Assert.Equal(v.Value, _card.Find(v.Name)));
        Assert.True(seen.Count > 50);
    }

    [Fact]
    public void Outage_SourceAlarmsAndTimeOnBatterySayIt()
    {
        Assert.Equal(3, Number(4, 1, 0));
        Assert.Equal(0, Number(6, 1, 0));

        _device.Change(new SimulatedChange { Mains = false });
        _time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(5, Number(4, 1, 0));
        Assert.Equal(90, Number(2, 2, 0));
        Assert.Equal(0, Number(3, 3, 1, 3, 1));
        Assert.Equal(2, Number(6, 1, 0));
        var alarms = Walk().Where(v => v.Name.IsWithin(Name(6, 2, 1, 2))).Select(v => v.Value.ObjectId);
        Assert.Equal([Name(6, 3, 2), Name(6, 3, 6)], alarms);
    }

    /// <summary>RFC 1628 has an alarm for "on battery" too: it must go with the outage, not only its count.</summary>
    [Fact]
    public async Task Outage_ThatIsOver_LeavesNoAlarmInWhatTheDriverKnows()
    {
        var ct = TestContext.Current.CancellationToken;
        var access = new SnmpAgentAccess { ReadCommunity = "public" };
        await using var agent = SnmpAgent.Start(new IPEndPoint(IPAddress.Loopback, 0), _card, access, _time);
        var endpoint = new SnmpEndpoint("127.0.0.1", agent.EndPoint.Port) { Community = "public" };
        await using var session = new SnmpSession(new SnmpSettings(), endpoint, TimeProvider.System);

        Assert.Equal(UpsStatus.OL, (await session.ReadAsync(ct)).Status);
        _device.Change(new SimulatedChange { Mains = false });
        Assert.True((await session.ReadStatusAsync(ct)).Status.HasFlag(UpsStatus.OB));
        Assert.True((await session.ReadAsync(ct)).Status.HasFlag(UpsStatus.OB));
        _device.Change(new SimulatedChange { Mains = true });

        for (var i = 0; i < 3; i++)
            Assert.False((await session.ReadStatusAsync(ct)).Status.HasFlag(UpsStatus.OB));
        Assert.False((await session.ReadAsync(ct)).Status.HasFlag(UpsStatus.OB));
        Assert.False((await session.ReadStatusAsync(ct)).Status.HasFlag(UpsStatus.OB));
    }

    [Fact]
    public void Shutdown_MainsBackBeforeItsEnd_CountsDownAndCycles()
    {
        _device.Change(new SimulatedChange { Mains = false });
        Assert.Equal(-1, Number(8, 2, 0));
        Assert.Equal(SnmpErrorStatus.NoError, Set((Name(8, 2, 0), 30)));
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(20, Number(8, 2, 0));
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(2, Number(4, 1, 0));
    }

    [Fact]
    public void Reboot_OffAtOnceAndOnAfterItsDuration()
    {
        Assert.Equal(SnmpErrorStatus.NoError, Set((Name(8, 4, 0), 15)));

        Assert.Equal(2, Number(4, 1, 0));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(3, Number(4, 1, 0));
    }

    [Fact]
    public void AutoRestartOff_ACutStaysOff()
    {
        Assert.Equal(SnmpErrorStatus.NoError, Set((Name(8, 5, 0), 2), (Name(8, 2, 0), 0)));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, Number(4, 1, 0));
    }

    [Fact]
    public void Test_WithTheSpinLockInOnePdu_Runs()
    {
        SnmpVariable quick = new(Name(7, 1, 0), SnmpValue.OfObjectId(Name(7, 7, 4)));
        SnmpVariable wrongLock = new(Rfc1628.SpinLock, SnmpValue.OfInteger(7));
        SnmpVariable rightLock = new(Rfc1628.SpinLock, SnmpValue.OfInteger(0));

        Assert.Equal((SnmpErrorStatus.InconsistentValue, 1), _card.Set([wrongLock, quick]));
        Assert.Equal(6, Number(7, 3, 0));
        Assert.Equal((SnmpErrorStatus.NoError, 0), _card.Set([rightLock, quick]));
        Assert.Equal(5, Number(7, 3, 0));
        Assert.Equal(1, Number(7, 2, 0));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, Number(7, 3, 0));
    }

    [Fact]
    public void Set_OneOfThemRefused_NoneIsDone()
    {
        SnmpVariable cut = new(Name(8, 2, 0), SnmpValue.OfInteger(0));
        SnmpVariable readOnly = new(Name(2, 4, 0), SnmpValue.OfInteger(50));
        SnmpVariable wrongType = new(Name(8, 5, 0), SnmpValue.OfText("1"));

        Assert.Equal((SnmpErrorStatus.NotWritable, 2), _card.Set([cut, readOnly]));
        Assert.Equal((SnmpErrorStatus.WrongType, 2), _card.Set([cut, wrongType]));
        Assert.Equal((SnmpErrorStatus.NoCreation, 1), _card.Set([cut with { Name = Name(99, 0) }]));
        Assert.Equal((SnmpErrorStatus.WrongValue, 1), _card.Set([cut with { Value = SnmpValue.OfInteger(-5) }]));
        Assert.Equal(3, Number(4, 1, 0));
    }

    [Fact]
    public void LinkLost_TheCardIsSilent()
    {
        _device.Change(new SimulatedChange { Link = SimulatedLink.Stale });

        Assert.True(_card.IsSilent);
    }

    private List<SnmpVariable> Walk()
    {
        var seen = new List<SnmpVariable>();
        for (var next = _card.Next(new Oid(0, 0)); next is not null; next = _card.Next(next.Name))
            seen.Add(next);
        return seen;
    }

    private SnmpErrorStatus Set(params (Oid Name, int Value)[] values) =>
        _card.Set([.. values.Select(v => new SnmpVariable(v.Name, SnmpValue.OfInteger(v.Value)))]).Status;

    private static Oid Name(params uint[] arcs) => Rfc1628.Mib.Append(1).Append(arcs);

    private long? Number(params uint[] arcs) => _card.Find(Name(arcs))?.Integer;
}
