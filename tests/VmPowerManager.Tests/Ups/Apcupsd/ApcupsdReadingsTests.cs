using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nis;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Apcupsd;

namespace VmPowerManager.Tests.Ups.Apcupsd;

/// <summary>What apcupsd's keywords become. The lines are those of real servers of several versions.</summary>
public sealed class ApcupsdReadingsTests
{
    [Theory]
    [InlineData("ONLINE", "0x05000008", UpsStatus.OL)]
    [InlineData("ONBATT", "0x05060010", UpsStatus.OB)]
    [InlineData("ONBATT LOWBATT", "0x05060050", UpsStatus.OB | UpsStatus.LB)]
    [InlineData("ONBATT", "0x05062010", UpsStatus.OB | UpsStatus.LB)]
    [InlineData("ONLINE", "0x05002008", UpsStatus.OL)]
    [InlineData("CAL ONLINE", "0x05000009", UpsStatus.OL | UpsStatus.CAL)]
    [InlineData("CAL ONBATT", "0x05000011", UpsStatus.OB | UpsStatus.CAL)]
    [InlineData("BOOST ONLINE", "0x0500000C", UpsStatus.OL | UpsStatus.BOOST)]
    [InlineData("TRIM ONLINE", "0x0500000A", UpsStatus.OL | UpsStatus.TRIM)]
    [InlineData("ONLINE OVERLOAD REPLACEBATT", "0x050000A8", UpsStatus.OL | UpsStatus.OVER | UpsStatus.RB)]
    [InlineData("ONLINE SLAVE", "0x05000408", UpsStatus.OL)]
    [InlineData("SHUTTING DOWN", "0x05060250", UpsStatus.OB | UpsStatus.LB | UpsStatus.FSD)]
    [InlineData("SHUTTING DOWN", "0x05000208", UpsStatus.OL | UpsStatus.FSD)]
    [InlineData("", "0x05000000", UpsStatus.None)]
    // Bits alone, words alone, bits with the words of old versions behind them, a server whose bits never change.
    [InlineData(null, "0x05000010", UpsStatus.OB)]
    [InlineData("ONBATT LOWBATT", null, UpsStatus.OB | UpsStatus.LB)]
    [InlineData("SHUTTING DOWN", null, UpsStatus.FSD)]
    [InlineData("ONLINE", "0x07000008 Status Flag", UpsStatus.OL)]
    [InlineData("ONBATT", "0x05000008", UpsStatus.OL | UpsStatus.OB)]
    [InlineData("ONLINE", "zero", UpsStatus.OL)]
    public void Status_IsNutsWords(string? words, string? bits, UpsStatus expected)
    {
        var status = Status([("STATUS", words), ("STATFLAG", bits)]);

        ApcupsdStatus.ThrowIfStale(status);
        Assert.Equal(expected, ApcupsdStatus.Parse(status).Flags);
    }

    [Fact]
    public void Status_NoBatteryAndWordsOfTomorrow_AreShown()
    {
        var (flags, unknown) = ApcupsdStatus.Parse(
            Status([("STATUS", "ONLINE NOBATT SPINNING"), ("STATFLAG", "0x01000008")])
        );

        Assert.Equal(UpsStatus.OL | UpsStatus.ALARM, flags);
        Assert.Equal(["NOBATT", "SPINNING"], unknown);
    }

    [Theory]
    [InlineData("OK", "OK", UpsStatus.OL)]
    [InlineData("DOWN", "RUNNING", UpsStatus.OB)]
    [InlineData("DOWN", "FAILING", UpsStatus.OB | UpsStatus.LB)]
    public void Status_OfTheOldestModels_IsInOtherKeywords(string line, string battery, UpsStatus expected) =>
        Assert.Equal(expected, ApcupsdStatus.Parse(Status([("LINEFAIL", line), ("BATTSTAT", battery)])).Flags);

    [Theory]
    [InlineData("COMMLOST", "0x05000100")]
    [InlineData("COMMLOST", "0x05000118")]
    [InlineData("COMMLOST", null)]
    [InlineData("ONLINE", "0x05000108")]
    [InlineData("SHUTTING DOWN", "0x05000308")]
    public void Status_UpsLost_IsStale(string words, string? bits)
    {
        var stale = Assert.Throws<UpsStaleException>(() =>
            ApcupsdStatus.ThrowIfStale(Status([("STATUS", words), ("STATFLAG", bits)]))
        );

        Assert.Contains(words, stale.Message);
    }

    [Theory]
    [InlineData("2026-11-23 03:17:33 +0100", "2026-11-23 03:18:33 +0100", false)]
    [InlineData("2026-11-23 03:17:33 +0100", "2026-11-23 03:27:33 +0100", true)]
    // Across the change of the clocks it is an hour less than it looks.
    [InlineData("2026-10-25 02:59:50 +0200", "2026-10-25 02:00:10 +0100", false)]
    [InlineData("Mon Nov 23 03:17:33 CET 2009", "Mon Nov 23 04:17:33 CET 2009", false)]
    public void Status_OldData_IsStale(string date, string now, bool isStale)
    {
        var status = Status([("STATUS", "ONLINE"), ("DATE", date), ("END APC", now)]);

        Assert.Equal(isStale, Record.Exception(() => ApcupsdStatus.ThrowIfStale(status)) is UpsStaleException);
    }

    [Fact]
    public void Map_UsbUps_FindsEveryValueAndInventsNone()
    {
        var reading = ApcupsdReadings.Map(NisStatus.Parse(BackUps), DateTimeOffset.UnixEpoch, TimeSpan.Zero);

        Assert.Equal(UpsStatus.OL, reading.Status);
        Assert.Equal(100, reading.BatteryChargePercent);
        Assert.Equal(73.3 * 60, reading.BatteryRuntimeSeconds!.Value, 3);
        Assert.Equal(13.6, reading.BatteryVoltage);
        Assert.Equal(229, reading.InputVoltage);
        Assert.Equal(230, reading.NominalInputVoltage);
        Assert.Equal(8, reading.LoadPercent);
        Assert.Equal(("APC", "Back-UPS ES 700G", "5B1234T12345"), (reading.Vendor, reading.Model, reading.Serial));
        Assert.Equal("871.O4 .I USB FW:O4", reading.Firmware);
        Assert.Null(reading.RealPower);
        Assert.Null(reading.OutputVoltage);
        Assert.Null(reading.BatteryTemperature);
        Assert.Null(reading.InputFrequency);
        Assert.Equal("405", reading.Variables["ups.realpower.nominal"]);
        Assert.Equal("2016-03-24", reading.Variables["battery.date"]);
        Assert.Equal("No test initiated", reading.Variables["ups.test.result"]);
        Assert.Equal("Unacceptable line voltage changes", reading.Variables["input.transfer.reason"]);
        Assert.Equal("180", reading.Variables["input.transfer.low"]);
        Assert.Equal("5 Percent", reading.Variables["apcupsd.mbattchg"]);
        Assert.DoesNotContain("apcupsd.xoffbatt", reading.Variables.Keys);
        Assert.DoesNotContain("apcupsd.date", reading.Variables.Keys);
    }

    private static NisStatus Status(IEnumerable<(string Keyword, string? Value)> fields) =>
        NisStatus.Parse(
            string.Concat(fields.Where(f => f.Value is not null).Select(f => $"{f.Keyword, -9}: {f.Value}\n"))
        );

    private const string BackUps = """
        APC      : 001,036,0868
        DATE     : 2016-05-31 22:29:23 +0200
        HOSTNAME : nas
        VERSION  : 3.14.12 (29 March 2014) debian
        UPSNAME  : nas
        CABLE    : USB Cable
        DRIVER   : USB UPS Driver
        UPSMODE  : Stand Alone
        STARTTIME: 2016-05-31 21:54:10 +0200
        MODEL    : Back-UPS ES 700G
        STATUS   : ONLINE
        LINEV    : 229.0 Volts
        LOADPCT  : 8.0 Percent
        BCHARGE  : 100.0 Percent
        TIMELEFT : 73.3 Minutes
        MBATTCHG : 5 Percent
        MINTIMEL : 3 Minutes
        MAXTIME  : 0 Seconds
        SENSE    : Medium
        LOTRANS  : 180.0 Volts
        HITRANS  : 266.0 Volts
        ALARMDEL : 30 Seconds
        BATTV    : 13.6 Volts
        LASTXFER : Unacceptable line voltage changes
        NUMXFERS : 0
        TONBATT  : 0 Seconds
        CUMONBATT: 0 Seconds
        XOFFBATT : N/A
        SELFTEST : NO
        STATFLAG : 0x05000008
        SERIALNO : 5B1234T12345
        BATTDATE : 2016-03-24
        NOMINV   : 230 Volts
        NOMBATTV : 12.0 Volts
        NOMPOWER : 405 Watts
        FIRMWARE : 871.O4 .I USB FW:O4
        END APC  : 2016-05-31 22:29:30 +0200

        """;
}
