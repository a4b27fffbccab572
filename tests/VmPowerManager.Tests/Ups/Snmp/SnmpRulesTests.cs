using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Snmp;
using static VmPowerManager.Tests.Ups.Snmp.TableAgent;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>The rules that hold for every device: units, sentinels, zeros, states that contradict each other.</summary>
public sealed class SnmpRulesTests
{
    private const string Rfc = "1.3.6.1.2.1.33.1";
    private const string PowerNet = "1.3.6.1.4.1.318.1.1.1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3.3.1.3.1", 2313, 231.3)] // tenths of volts
    [InlineData("3.3.1.3.1", 23130, 231.3)] // hundredths
    [InlineData("3.3.1.3.1", 231, 231.0)]
    [InlineData("3.3.1.3.1", 480, 480.0)]
    [InlineData("3.3.1.3.1", -1, null)]
    [InlineData("3.3.1.3.1", 65535, null)]
    public async Task InputVoltage_OfRfc1628_IsInVolts(string at, int raw, double? volts) =>
        Assert.Equal(volts, (await ReadAsync(Number(at, raw), Number("4.1.0", 3))).InputVoltage);

    [Theory]
    [InlineData(500, 50.0)]
    [InlineData(50, 50.0)]
    [InlineData(5000, 50.0)]
    [InlineData(599, 59.9)]
    [InlineData(0, null)]
    [InlineData(3, null)]
    public async Task Frequency_InAnyUnit_IsInHertz(int raw, double? hertz) =>
        Assert.Equal(hertz, (await ReadAsync(Number("3.3.1.2.1", raw), Number("4.1.0", 3))).InputFrequency);

    [Theory]
    [InlineData(30, 1800.0)]
    [InlineData(15300, 15300.0)] // as minutes it would last ten days
    [InlineData(1092, null)] // 65535 s
    [InlineData(-1, null)]
    [InlineData(int.MaxValue, null)]
    public async Task Runtime_InMinutesOrSeconds_IsInSeconds(int raw, double? seconds) =>
        Assert.Equal(
            seconds,
            (await ReadAsync(Number("2.3.0", raw), Number("2.4.0", 100), Number("4.1.0", 3))).BatteryRuntimeSeconds
        );

    [Theory]
    [InlineData(545, 54.5)]
    [InlineData(54, 54.0)] // 5.4 V is no battery of a UPS
    [InlineData(22, 2.2)] // a cell
    [InlineData(0, null)]
    public async Task BatteryVoltage_IsThatOfAString(int raw, double? volts) =>
        Assert.Equal(volts, (await ReadAsync(Number("2.5.0", raw), Number("4.1.0", 3))).BatteryVoltage);

    [Fact]
    public async Task Zeros_WhereNothingIsMeasured_AreUnknown()
    {
        var reading = await ReadAsync(
            Number("4.1.0", 3),
            Number("2.7.0", 0),
            Number("2.3.0", 0),
            Number("2.4.0", 100),
            Number("3.3.1.3.1", 0),
            Number("4.4.1.2.1", 0),
            Number("4.4.1.5.1", 0)
        );

        Assert.Null(reading.BatteryTemperature);
        Assert.Null(reading.BatteryRuntimeSeconds);
        Assert.Null(reading.InputVoltage);
        Assert.Null(reading.OutputVoltage);
        Assert.Equal(0, reading.LoadPercent);
        Assert.Equal(100, reading.BatteryChargePercent);
    }

    [Fact]
    public async Task Zeros_InAnOutage_AreTrue()
    {
        var reading = await ReadAsync(
            Number("4.1.0", 5),
            Number("2.3.0", 0),
            Number("2.4.0", 0),
            Number("3.3.1.3.1", 0)
        );

        Assert.Equal(0, reading.BatteryRuntimeSeconds);
        Assert.Equal(0, reading.BatteryChargePercent);
        Assert.Equal(0, reading.InputVoltage);
    }

    [Fact]
    public async Task OutputSource_AgainstTheAlarmTable_TheAlarmOfTheBatteryWins()
    {
        // Agents by the letter of RFC 1628's compliance clauses say battery(4).
        var reading = await ReadAsync(
            Number("4.1.0", 4),
            Number("6.1.0", 1),
            ("6.2.1.2.7", SnmpValue.OfObjectId(Oid.Parse($"{Rfc}.6.3.2")))
        );

        Assert.Equal(UpsStatus.OB | UpsStatus.ALARM, reading.Status);
    }

    [Fact]
    public async Task Alarm_OfTheMaker_IsNotTheWellKnownOneOfItsLastNumber()
    {
        foreach (var last in (int[])[2, 14, 20])
        {
            var reading = await ReadAsync(
                Number("4.1.0", 3),
                Number("6.1.0", 1),
                ("6.2.1.2.7", SnmpValue.OfObjectId(Oid.Parse($"1.3.6.1.4.1.9999.6.3.{last}")))
            );

            Assert.Equal(UpsStatus.OL | UpsStatus.ALARM, reading.Status);
        }
    }

    [Fact]
    public async Task OutputSource_NoneBesideALivingOutput_IsUnknown()
    {
        var reading = await ReadAsync(Number("4.1.0", 2), Number("4.4.1.2.1", 230), Number("4.4.1.5.1", 20));

        Assert.Equal(UpsStatus.None, reading.Status);
        Assert.Equal(["none"], reading.UnknownFlags);
        Assert.Equal(UpsStatus.OFF, (await ReadAsync(Number("4.1.0", 2), Number("4.4.1.2.1", 0))).Status);
    }

    [Fact]
    public async Task OutputSource_Unknown_IsNeverOnLine()
    {
        Assert.Equal(UpsStatus.None, (await ReadAsync(Number("4.1.0", 1))).Status);
        Assert.Equal(UpsStatus.None, (await ReadAsync(Number("4.1.0", 77))).Status);
        Assert.Equal(UpsStatus.None, (await ReadAsync(Number("2.1.0", 2))).Status);
    }

    [Fact]
    public async Task Test_OfYearsAgoInProgress_MasksNothing()
    {
        Assert.Equal(UpsStatus.OL, (await ReadAsync(Number("4.1.0", 3), Number("7.3.0", 5))).Status);
        Assert.Equal(UpsStatus.OB | UpsStatus.TEST, (await ReadAsync(Number("4.1.0", 5), Number("7.3.0", 5))).Status);
    }

    [Fact]
    public async Task Card_ThatHasLostItsUps_IsStale()
    {
        await Assert.ThrowsAsync<UpsStaleException>(() =>
            ReadAsync(Below(PowerNet, Number("4.1.1.0", 2), Number("8.1.0", 2)))
        );
        await Assert.ThrowsAsync<UpsStaleException>(() =>
            ReadAsync(
                Number("4.1.0", 3),
                Number("6.1.0", 1),
                ("6.2.1.2.1", SnmpValue.OfObjectId(Oid.Parse($"{Rfc}.6.3.20")))
            )
        );
    }

    [Fact]
    public async Task TwoTrees_OneMended_TheCleanOneIsTaken()
    {
        var reading = await ReadAsync(
            Below(
                "1.3.6.1",
                Number($"{PowerNet[8..]}.4.1.1.0", 2),
                Number($"{PowerNet[8..]}.3.2.1.0", 2301),
                Number($"{Rfc[8..]}.3.3.1.3.1", 229)
            )
        );

        Assert.Equal(229, reading.InputVoltage);
        Assert.Equal("powernet", reading.Mib);
    }

    [Fact]
    public async Task Lines_OfThreePhases_StandUnderTheirNames()
    {
        var reading = await ReadAsync(
            Number("4.1.0", 3),
            Number("3.3.1.3.1", 230),
            Number("3.3.1.3.2", 0),
            Number("3.3.1.3.3", 232),
            Number("4.4.1.2.1", 231),
            Number("4.4.1.2.2", 231),
            Number("4.4.1.2.3", 231),
            Number("4.4.1.5.1", 10),
            Number("4.4.1.5.2", 40),
            Number("4.4.1.5.3", 0),
            Number("4.4.1.4.1", 1000),
            Number("4.4.1.4.2", 4000),
            Number("4.4.1.4.3", 0)
        );

        Assert.Equal(230, reading.InputVoltage);
        Assert.Equal("0", reading.Variables["input.L2-N.voltage"]);
        Assert.Equal("232", reading.Variables["input.L3-N.voltage"]);
        Assert.Equal(40, reading.LoadPercent);
        Assert.Equal("0", reading.Variables["output.L3.power.percent"]);
        Assert.Equal(5000, reading.RealPower);
    }

    [Fact]
    public async Task TextsForNumbers_AreRead()
    {
        var reading = await ReadAsync(
            ("4.1.0", SnmpValue.OfText("3")),
            ("2.4.0", SnmpValue.OfText(" 87 ")),
            ("2.7.0", SnmpValue.OfNumber(SnmpType.Gauge32, 24))
        );

        Assert.Equal(UpsStatus.OL, reading.Status);
        Assert.Equal(87, reading.BatteryChargePercent);
        Assert.Equal(24, reading.BatteryTemperature);
    }

    private static Task<UpsReading> ReadAsync(params IEnumerable<(string, SnmpValue)> objects) =>
        ReadAsync(Below(Rfc, objects));

    private static async Task<UpsReading> ReadAsync(TableAgent agent)
    {
        var device = await agent.DetectAsync(Ct);
        var snapshot = await new SnmpReader(agent.Agent, device).FetchAllAsync(Ct);
        return SnmpReadings.Map(device, snapshot, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
    }
}
