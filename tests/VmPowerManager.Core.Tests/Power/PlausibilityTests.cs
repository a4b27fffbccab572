using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>POLICY A1: what cannot be true becomes unknown, and is named.</summary>
public sealed class PlausibilityTests
{
    private static readonly UpsReading OnLine = new()
    {
        At = DateTimeOffset.UnixEpoch,
        Taken = TimeSpan.Zero,
        Status = UpsStatus.OL,
        BatteryChargePercent = 100,
        BatteryRuntimeSeconds = 1800,
        BatteryRuntimeLowSeconds = 120,
        BatteryVoltage = 27.2,
        BatteryTemperature = 25,
        InputVoltage = 230.1,
        InputFrequency = 50,
        NominalInputVoltage = 230,
        OutputVoltage = 230,
        LoadPercent = 23,
        RealPower = 310,
    };

    [Fact]
    public void Filter_OrdinaryReading_NothingIsTakenOut()
    {
        var plausible = Plausibility.Filter(OnLine);

        Assert.Empty(plausible.Removed);
        Assert.Equal(OnLine, plausible.Reading);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(100, true)]
    [InlineData(100.1, false)]
    [InlineData(255, false)]
    [InlineData(-1, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void Charge_OutsidePercent_IsUnknown(double charge, bool kept) =>
        Check(OnLine with { BatteryChargePercent = charge }, "batteryChargePercent", r => r.BatteryChargePercent, kept);

    [Theory]
    [InlineData(-18, true)]
    [InlineData(85, true)]
    [InlineData(255, false)]
    [InlineData(-273.2, false)]
    [InlineData(double.NaN, false)]
    public void Temperature_OfMissingSensor_IsUnknown(double celsius, bool kept) =>
        Check(OnLine with { BatteryTemperature = celsius }, "batteryTemperature", r => r.BatteryTemperature, kept);

    [Theory]
    [InlineData(1, true)]
    [InlineData(86400, true)]
    [InlineData(65535, false)]
    [InlineData(65535 * 60.0, false)]
    [InlineData(4294967295, false)]
    [InlineData(2147483647, false)]
    [InlineData(-1, false)]
    [InlineData(double.NegativeInfinity, false)]
    public void Runtime_AllOnesOrNegative_IsUnknown(double seconds, bool kept) =>
        Check(
            OnLine with
            {
                BatteryRuntimeSeconds = seconds,
            },
            "batteryRuntimeSeconds",
            r => r.BatteryRuntimeSeconds,
            kept
        );

    [Theory]
    [InlineData(UpsStatus.OL, 100.0, false)]
    [InlineData(UpsStatus.OL | UpsStatus.CHRG, 99.0, false)]
    [InlineData(UpsStatus.OL, 40.0, true)]
    [InlineData(UpsStatus.OL, null, true)]
    [InlineData(UpsStatus.OB, 100.0, true)]
    [InlineData(UpsStatus.OL | UpsStatus.OB, 100.0, true)]
    [InlineData(UpsStatus.None, 100.0, true)]
    public void RuntimeZero_OnlyOnMainsWithFullBattery_IsUnknown(UpsStatus status, double? charge, bool kept) =>
        Check(
            OnLine with
            {
                Status = status,
                BatteryChargePercent = charge,
                BatteryRuntimeSeconds = 0,
            },
            "batteryRuntimeSeconds",
            r => r.BatteryRuntimeSeconds,
            kept
        );

    [Theory]
    [InlineData(0, true)]
    [InlineData(480, true)]
    [InlineData(-0.1, false)]
    [InlineData(6553.5, false)]
    public void Voltages_BeyondAnyMains_AreUnknown(double volts, bool kept)
    {
        Check(OnLine with { InputVoltage = volts }, "inputVoltage", r => r.InputVoltage, kept);
        Check(OnLine with { OutputVoltage = volts }, "outputVoltage", r => r.OutputVoltage, kept);
        Check(OnLine with { BatteryVoltage = volts }, "batteryVoltage", r => r.BatteryVoltage, kept);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(130, true)]
    [InlineData(255, false)]
    [InlineData(-5, false)]
    public void Load_OverloadIsKept_NonsenseIsUnknown(double percent, bool kept) =>
        Check(OnLine with { LoadPercent = percent }, "loadPercent", r => r.LoadPercent, kept);

    [Fact]
    public void Filter_SeveralImplausible_AllAreNamedInOrder()
    {
        var plausible = Plausibility.Filter(
            OnLine with
            {
                BatteryTemperature = 255,
                BatteryChargePercent = 255,
                NominalInputVoltage = 0,
                RealPower = 65535,
                InputFrequency = -1,
                BatteryRuntimeLowSeconds = 65535,
            }
        );

        Assert.Equal(
            [
                "batteryChargePercent",
                "batteryRuntimeLowSeconds",
                "batteryTemperature",
                "inputFrequency",
                "nominalInputVoltage",
                "realPower",
            ],
            plausible.Removed
        );
    }

    [Fact]
    public void Filter_UnknownValues_StayUnknownAndAreNotCounted()
    {
        var bare = new UpsReading { At = DateTimeOffset.UnixEpoch, Taken = TimeSpan.Zero };

        var plausible = Plausibility.Filter(bare);

        Assert.Empty(plausible.Removed);
        Assert.Equal(bare, plausible.Reading);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    [InlineData(65535, false)]
    [InlineData((65535 * 60) - 1, true)]
    [InlineData(65535 * 60, false)]
    public void LowRuntime_AtItsBounds(double seconds, bool kept) =>
        Check(
            OnLine with
            {
                BatteryRuntimeLowSeconds = seconds,
            },
            "batteryRuntimeLowSeconds",
            r => r.BatteryRuntimeLowSeconds,
            kept
        );

    [Theory]
    [InlineData(0, true)]
    [InlineData(200, true)]
    [InlineData(200.1, false)]
    [InlineData(-0.1, false)]
    public void Load_AtItsBounds(double percent, bool kept) =>
        Check(OnLine with { LoadPercent = percent }, "loadPercent", r => r.LoadPercent, kept);

    [Theory]
    [InlineData(0, true)]
    [InlineData(10e6, true)]
    [InlineData(10e6 + 1, false)]
    [InlineData(-1, false)]
    [InlineData(65535, false)]
    public void Power_AtItsBounds(double watts, bool kept) =>
        Check(OnLine with { RealPower = watts }, "realPower", r => r.RealPower, kept);

    private static void Check(UpsReading reading, string field, Func<UpsReading, double?> value, bool kept)
    {
        var plausible = Plausibility.Filter(reading);

        Assert.Equal(kept, value(plausible.Reading) is not null);
        Assert.Equal(kept ? [] : [field], plausible.Removed);
    }
}
