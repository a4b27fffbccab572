using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp;
using static VmPowerManager.Tests.Ups.Snmp.TableAgent;

namespace VmPowerManager.Tests.Ups.Snmp;

public sealed class SnmpCutTests
{
    private const string PowerNet = "1.3.6.1.4.1.318.1.1.1";
    private const string Xups = "1.3.6.1.4.1.534.1";
    private const string Cps = "1.3.6.1.4.1.3808.1.1.1";
    private const string Rfc = "1.3.6.1.2.1.33.1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PowerNet_Delay_IsSetAndReadBackBeforeTheReboot()
    {
        var agent = Below(PowerNet, Number("5.2.10.0", 0), Number("6.2.2.0", 1));
        var cut = await CutOf(agent);

        await cut.CutAsync(TimeSpan.FromSeconds(90), Ct);

        Assert.Equal([$"{PowerNet}.5.2.10.0=9000", $"{PowerNet}.6.2.2.0=3"], agent.Writes);
        Assert.Equal(SnmpType.TimeTicks, agent[$"{PowerNet}.5.2.10.0"].Type);
        Assert.False((await cut.FindAsync(Ct))?.CanAbort);
    }

    [Fact]
    public async Task PowerNet_DeviceThatWaitsLess_IsNotCut()
    {
        var agent = new TableAgent(
            new()
            {
                [Oid.Parse($"{PowerNet}.5.2.10.0")] = SnmpValue.OfInteger(0),
                [Oid.Parse($"{PowerNet}.6.2.2.0")] = SnmpValue.OfInteger(1),
            }
        )
        {
            Takes = _ => SnmpValue.OfNumber(SnmpType.TimeTicks, 2000),
        };

        var e = await Assert.ThrowsAsync<DeviceException>(async () =>
            await (await CutOf(agent)).CutAsync(TimeSpan.FromSeconds(90), Ct)
        );

        Assert.Contains("20 s only", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Writes, w => w.Contains("6.2.2.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Xups_LoadShed_IsPreferredAndCannotBeTakenBack()
    {
        var agent = Below(
            "1.3.6.1",
            Number($"{Xups[8..]}.4.5.0", 3),
            Number($"{Xups[8..]}.9.6.0", 0),
            Number($"{Rfc[8..]}.4.1.0", 3),
            Number($"{Rfc[8..]}.8.1.0", 1),
            Number($"{Rfc[8..]}.8.2.0", -1),
            Number($"{Rfc[8..]}.8.3.0", -1),
            Number($"{Rfc[8..]}.8.4.0", -1),
            Number($"{Rfc[8..]}.8.5.0", 1)
        );
        var cut = await CutOf(agent);

        await cut.CutAsync(TimeSpan.FromSeconds(60), Ct);

        Assert.Equal([$"{Xups}.9.6.0=60"], agent.Writes);
        await Assert.ThrowsAsync<DeviceException>(() => cut.AbortAsync(Ct));
    }

    [Fact]
    public async Task Cps_HasNoSafeCut()
    {
        var agent = Below(Cps, Number("4.1.1.0", 2), Number("6.2.1.0", 1), Number("6.2.3.0", 1));
        var cut = await CutOf(agent);

        Assert.Null(await cut.FindAsync(Ct));
        await Assert.ThrowsAsync<DeviceException>(() => cut.CutAsync(TimeSpan.Zero, Ct));
        Assert.Empty(agent.Writes);
    }

    [Fact]
    public async Task Rfc1628_CountdownThatDoesNotRun_IsTakenBack()
    {
        var agent = new TableAgent(
            new()
            {
                [Oid.Parse($"{Rfc}.4.1.0")] = SnmpValue.OfInteger(3),
                [Oid.Parse($"{Rfc}.8.1.0")] = SnmpValue.OfInteger(1),
                [Oid.Parse($"{Rfc}.8.2.0")] = SnmpValue.OfInteger(-1),
                [Oid.Parse($"{Rfc}.8.3.0")] = SnmpValue.OfInteger(-1),
                [Oid.Parse($"{Rfc}.8.5.0")] = SnmpValue.OfInteger(1),
            }
        )
        {
            // The card answers "done" and does nothing.
            Takes = v => v.Name[^2] == 3 ? SnmpValue.OfInteger(-1) : v.Value,
        };

        await Assert.ThrowsAsync<DeviceException>(async () =>
            await (await CutOf(agent)).CutAsync(TimeSpan.FromSeconds(60), Ct)
        );

        Assert.Equal(-1, agent[$"{Rfc}.8.2.0"].Integer);
    }

    [Fact]
    public async Task Rfc1628_CancelledBetweenOffAndOn_IsTakenBack()
    {
        using var leaving = new CancellationTokenSource();
        var agent = Rfc1628Agent(v =>
        {
            if (v.Name == Oid.Parse($"{Rfc}.8.2.0") && v.Value.Integer > 0)
                leaving.Cancel();
            return v.Value;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await (await CutOf(agent)).CutAsync(TimeSpan.FromSeconds(60), leaving.Token)
        );

        Assert.Equal(-1, agent[$"{Rfc}.8.2.0"].Integer);
    }

    [Fact]
    public async Task Command_OffAndOnOfWhichOnlyOffIsTaken_IsTakenBack()
    {
        var agent = Rfc1628Agent(v =>
            v.Name == Oid.Parse($"{Rfc}.8.3.0") && v.Value.Integer > 0
                ? throw new DeviceException(DeviceFault.Refused, "badValue")
                : v.Value
        );
        var writer = new SnmpWriter(agent.Agent, await agent.DetectAsync(Ct));

        await Assert.ThrowsAsync<DeviceException>(() => writer.RunAsync("shutdown.return", "60", Ct));

        Assert.Equal(-1, agent[$"{Rfc}.8.2.0"].Integer);
    }

    /// <summary>The richer tree has a cut that cannot be taken back, but not on this device.</summary>
    [Fact]
    public async Task Abort_IsThatOfTheCutThatTheDeviceHas()
    {
        var agent = Below(
            "1.3.6.1",
            Number($"{Xups[8..]}.4.5.0", 3),
            Number($"{Rfc[8..]}.4.1.0", 3),
            Number($"{Rfc[8..]}.8.1.0", 1),
            Number($"{Rfc[8..]}.8.2.0", 60),
            Number($"{Rfc[8..]}.8.3.0", 90),
            Number($"{Rfc[8..]}.8.4.0", -1),
            Number($"{Rfc[8..]}.8.5.0", 1)
        );

        await (await CutOf(agent)).AbortAsync(Ct);

        Assert.Equal([$"{Rfc}.8.2.0=-1", $"{Rfc}.8.3.0=-1"], agent.Writes);
    }

    [Fact]
    public async Task OutletGroups_OfPowerNet_AreCommandsOfTheirOwn()
    {
        var agent = Below(PowerNet, Number("12.3.2.1.3.1", 1), Number("12.3.2.1.3.2", 1), Number("7.2.2.0", 1));
        var writer = new SnmpWriter(agent.Agent, await agent.DetectAsync(Ct));

        var names = await writer.NamesAsync(Ct);
        await writer.RunAsync("outlet.2.load.off", null, Ct);

        Assert.Contains("outlet.1.load.cycle", names);
        Assert.Contains("test.battery.start.quick", names);
        Assert.DoesNotContain("load.off", names);
        Assert.Equal([$"{PowerNet}.12.3.2.1.3.2=2"], agent.Writes);
    }

    private static TableAgent Rfc1628Agent(Func<SnmpVariable, SnmpValue> takes) =>
        new(
            new()
            {
                [Oid.Parse($"{Rfc}.4.1.0")] = SnmpValue.OfInteger(3),
                [Oid.Parse($"{Rfc}.8.1.0")] = SnmpValue.OfInteger(1),
                [Oid.Parse($"{Rfc}.8.2.0")] = SnmpValue.OfInteger(-1),
                [Oid.Parse($"{Rfc}.8.3.0")] = SnmpValue.OfInteger(-1),
                [Oid.Parse($"{Rfc}.8.5.0")] = SnmpValue.OfInteger(1),
            }
        )
        {
            Takes = takes,
        };

    private static async Task<SnmpCut> CutOf(TableAgent agent) =>
        new(new SnmpWriter(agent.Agent, await agent.DetectAsync(Ct)));
}
