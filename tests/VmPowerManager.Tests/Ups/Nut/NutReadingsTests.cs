using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

public sealed class NutReadingsTests
{
    [Fact]
    public void Map_Variables_FindTheirPlacesAndTheRestIsKept()
    {
        var reading = Map(
            ("ups.status", "OL CHRG"),
            ("battery.charge", "98.5"),
            ("battery.runtime", "3120"),
            ("battery.runtime.low", "120"),
            ("battery.voltage", "27.1"),
            ("battery.temperature", "25.0"),
            ("input.voltage", "230.1"),
            ("input.voltage.nominal", "230"),
            ("input.frequency", "50.0"),
            ("output.voltage", "230.0"),
            ("ups.load", "23"),
            ("ups.realpower", "310"),
            ("device.mfr", "APC"),
            ("ups.mfr", "American Power Conversion"),
            ("ups.model", "Smart-UPS 1500"),
            ("device.serial", "AS1"),
            ("ups.firmware", "UPS 09.3"),
            ("ups.test.result", "Done and passed")
        );

        Assert.Equal(UpsStatus.OL | UpsStatus.CHRG, reading.Status);
        Assert.Equal(
            (98.5, 3120, 120, 27.1, 25.0),
            (
                reading.BatteryChargePercent,
                reading.BatteryRuntimeSeconds,
                reading.BatteryRuntimeLowSeconds,
                reading.BatteryVoltage,
                reading.BatteryTemperature
            )
        );
        Assert.Equal((230.1, 50.0, 230), (reading.InputVoltage, reading.InputFrequency, reading.NominalInputVoltage));
        Assert.Equal((230.0, 23, 310), (reading.OutputVoltage, reading.LoadPercent, reading.RealPower));
        Assert.Equal(
            ("APC", "Smart-UPS 1500", "AS1", "UPS 09.3"),
            (reading.Vendor, reading.Model, reading.Serial, reading.Firmware)
        );
        Assert.Equal(["ups.test.result"], reading.Variables.Keys);
    }

    [Fact]
    public void Map_NothingAtAll_IsAllUnknown()
    {
        var reading = Map();

        Assert.Equal(UpsStatus.None, reading.Status);
        Assert.Null(reading.BatteryChargePercent);
        Assert.Null(reading.Vendor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("12,5")]
    [InlineData("0x10")]
    [InlineData("1 000")]
    public void Map_NumberThatIsNone_IsUnknownAndStaysVisible(string text)
    {
        var reading = Map(("battery.charge", text));

        Assert.Null(reading.BatteryChargePercent);
        Assert.Equal(text, reading.Variables["battery.charge"]);
    }

    [Fact]
    public void Map_UnderACultureWithDecimalComma_ReadsDots()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(27.25, Map(("battery.voltage", "27.25")).BatteryVoltage);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static UpsReading Map(params (string Name, string Value)[] variables) =>
        NutReadings.Map(variables.ToDictionary(v => v.Name, v => v.Value), DateTimeOffset.UnixEpoch, TimeSpan.Zero);
}
