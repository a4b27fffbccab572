using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Tests.Ups;

/// <summary>Every transition is one event, with the values that decided.</summary>
public sealed class UpsEventTests
{
    [Fact]
    public async Task Outage_FromOnBatteryToItsEnd_IsToldInOrder()
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        bench.Device.Status = UpsStatus.OB | UpsStatus.DISCHRG;
        bench.Run(60);
        bench.Device.Status = UpsStatus.OB | UpsStatus.DISCHRG | UpsStatus.LB;
        bench.Device.Charge = 15;
        bench.Run(5);
        bench.Device.Status = UpsStatus.OL | UpsStatus.CHRG;
        bench.Run(15);

        Assert.Equal(
            [
                "ups.answers",
                "ups.onBatteryUnconfirmed",
                "ups.onBattery",
                "ups.lowBattery",
                "ups.critical",
                "ups.onLine",
                "ups.lowBatteryEnded",
                "ups.criticalEnded",
                "ups.outageEnded",
            ],
            bench.EventTypes
        );
        var confirmed = bench.Events.Latest().Single(e => e.Type == "ups.onBattery");
        Assert.Equal(("rack-a", 1), (confirmed.Source, confirmed.UpsId));
        var data = Assert.NotNull(confirmed.Data);
        Assert.Equal(100, data.GetProperty("batteryChargePercent").GetDouble());
        Assert.Equal(3, data.GetProperty("confirmSeconds").GetDouble());
        Assert.Equal(["OB", "DISCHRG"], data.GetProperty("status").EnumerateArray().Select(s => s.GetString()));
    }

    [Theory]
    [InlineData(
        false,
        null,
        null,
        "rack-a: On battery, and mains is gone at plug too: plans that ask it believe it sooner."
    )]
    [InlineData(
        true,
        null,
        null,
        "rack-a: On battery, but mains is still there at plug: plans that ask it wait until this has lasted for 10 s."
    )]
    [InlineData(
        true,
        false,
        0.0,
        "rack-a: On battery; mains is gone at other and there at plug: these witnesses contradict each other."
    )]
    [InlineData(true, null, 0.0, "rack-a: On battery; its own signs outweigh that mains is still there at plug.")]
    [InlineData(null, null, 0.0, "rack-a: On battery.")]
    public async Task OnBattery_SaysWhatItsMainsWitnessesSay(bool? plug, bool? other, double? volts, string said)
    {
        await using var bench = new UpsBench();
        bench.Device.VoltageOnBattery = volts;
        Ask(bench, 1, "plug", true);
        Ask(bench, 2, "other", true);
        bench.Run(30);
        bench.Device.Status = UpsStatus.OB | UpsStatus.DISCHRG;
        bench.Run(1.5);
        foreach (var (id, answers) in new[] { (1, plug), (2, other) })
        {
            if (answers is { } heard)
                Heard(bench, id, heard);
        }
        bench.Run(5);
        Assert.Equal(said, bench.Events.Latest().Single(e => e.Type == "ups.onBattery").Message);
    }

    private static void Ask(UpsBench bench, int id, string name, bool answers)
    {
        bench.Canaries.Set(
            new Canary
            {
                Id = id,
                Name = name,
                Address = "192.0.2.1",
            }
        );
        Heard(bench, id, answers);
    }

    private static void Heard(UpsBench bench, int id, bool answers)
    {
        var now = bench.Time.GetUtcNow();
        bench.Canaries.Publish(new CanarySeen(id, answers, bench.Time.Elapsed(), now, now, null));
    }

    [Fact]
    public async Task Alarm_ComesChangesAndGoes_IsToldInTheDevicesWords()
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        (bench.Device.Status, bench.Device.Alarm) = (UpsStatus.ALARM | UpsStatus.OL, "Replace battery!");
        bench.Run(40);
        bench.Device.Alarm = "Replace battery! Fan failure!";
        bench.Run(2);
        Assert.Equal("Replace battery! Fan failure!", bench.Shown?.Alarm);
        (bench.Device.Status, bench.Device.Alarm) = (UpsStatus.OL, null);
        bench.Run(2);

        Assert.Null(bench.Shown?.Alarm);
        Assert.Equal("fine", bench.Shown?.Variables["ups.test.result"]);
        Assert.Equal(
            [
                "rack-a: Reports an alarm: \"Replace battery!\".",
                "rack-a: Reports an alarm: \"Replace battery! Fan failure!\".",
                "rack-a: The alarm is over.",
            ],
            bench
                .Events.Latest()
                .Where(e => e.Type.StartsWith("ups.alarm", StringComparison.Ordinal))
                .Select(e => e.Message)
        );
    }

    [Fact]
    public async Task Flicker_ShorterThanConfirmation_IsNoOutage()
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        bench.Device.Status = UpsStatus.OB;
        bench.Run(1.5);
        bench.Device.Status = UpsStatus.OL;
        bench.Run(15);

        Assert.Equal(["ups.answers", "ups.onBatteryUnconfirmed", "ups.flicker"], bench.EventTypes);
    }

    [Fact]
    public async Task Confirmation_AtOnce_IsOneEvent()
    {
        await using var bench = new UpsBench(confirmSeconds: 0);
        bench.Run(2);

        bench.Device.Status = UpsStatus.OB;
        bench.Run(1);

        Assert.Equal(["ups.answers", "ups.onBattery"], bench.EventTypes);
    }

    [Fact]
    public async Task Comm_LostAndBack_IsToldOnceEach()
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        bench.Device.Fault = new DeviceException(DeviceFault.Unreachable, "Connection refused.");
        bench.Run(60);
        bench.Device.Fault = null;
        bench.Run(3);

        Assert.Equal(["ups.answers", "ups.commStale", "ups.commLost", "ups.commOk"], bench.EventTypes);
        Assert.Contains("Connection refused", bench.Events.Latest().Single(e => e.Type == "ups.commLost").Message);
    }

    [Fact]
    public async Task Comm_NeverThere_IsToldOnce()
    {
        await using var bench = new UpsBench(ups =>
            ups.Fault = new DeviceException(DeviceFault.Refused, "ERR UNKNOWN-UPS")
        );

        bench.Run(60);

        Assert.Equal(["ups.commLost"], bench.EventTypes);
        var shown = UpsReadingView.Of(bench.Tracker.Snapshot, bench.Time.GetElapsedTime(0), bench.Time.GetUtcNow());
        Assert.Equal((Comm.Lost, "ERR UNKNOWN-UPS"), (shown?.Comm, shown?.Error));
    }

    [Theory]
    [InlineData(UpsStatus.OFF, "ups.off")]
    [InlineData(UpsStatus.OL | UpsStatus.BYPASS, "ups.bypass")]
    [InlineData(UpsStatus.OL | UpsStatus.OVER, "ups.overload")]
    [InlineData(UpsStatus.OL | UpsStatus.RB, "ups.replaceBattery")]
    [InlineData(UpsStatus.OL | UpsStatus.ALARM, "ups.alarm")]
    [InlineData(UpsStatus.OL | UpsStatus.CAL, "ups.masked", "ups.unmasked")]
    [InlineData(UpsStatus.OL | UpsStatus.FSD, "ups.fsd", "ups.criticalEnded")]
    public async Task Flag_ComesAndGoes_IsToldBothTimes(UpsStatus status, string began, string? ended = null)
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        bench.Device.Status = status;
        bench.Run(3);
        bench.Device.Status = UpsStatus.OL;
        bench.Run(3);

        Assert.Single(bench.EventTypes, began);
        Assert.Single(bench.EventTypes, ended ?? $"{began}Ended");
    }

    /// <summary>POLICY A1: shown as unknown, counted, and told once.</summary>
    [Fact]
    public async Task Value_Implausible_IsUnknownAndCountedAndToldOnce()
    {
        await using var bench = new UpsBench(ups => ups.Charge = 255);

        bench.Run(10);

        Assert.Null(bench.Evidence.Last?.BatteryChargePercent);
        Assert.Equal(bench.Device.StatusReads.Count, bench.Tracker.Snapshot.Implausible["batteryChargePercent"]);
        Assert.Single(bench.EventTypes, "ups.valueImplausible");
    }

    [Fact]
    public async Task Screens_QuietUps_AreToldEveryFiveSecondsAndOfChangesAtOnce()
    {
        await using var bench = new UpsBench();
        bench.Run(1);

        var before = bench.Stream.Sequence;
        bench.Run(20);
        Assert.InRange(bench.Stream.Sequence - before, 3, 5);
        before = bench.Stream.Sequence;
        bench.Device.Charge = 99;
        bench.Run(1);
        Assert.Equal(1, bench.Stream.Sequence - before);
    }
}
