using CsCheck;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>The discharge model: what must hold for every load, battery and history.</summary>
public sealed class SimulatedUpsTests
{
    private static readonly SimulatedUps Usual = new(new SimulatedModel());

    private static readonly Gen<SimulatedUps> AnyUps = Gen.Select(
        Gen.Double[0, 1200],
        Gen.Double[0.05, 1],
        Gen.Double[0.02, 1],
        Gen.Double[0.5, 100],
        Gen.Double[1, 1.4],
        (load, charge, health, pace, exponent) =>
            new SimulatedUps(new SimulatedModel { PeukertExponent = exponent })
            {
                LoadWatts = load,
                Charge = charge,
                BatteryHealth = health,
                BatteryPace = pace,
            }
    );

    private static readonly Gen<SimulatedChange> AnyChange = Gen.OneOf(
        Gen.Bool.Select(mains => new SimulatedChange { Mains = mains }),
        Gen.Double[0, 300].Select(volts => new SimulatedChange { InputVoltage = volts }),
        Gen.Double[0, 1200].Select(watts => new SimulatedChange { LoadWatts = watts })
    );

    private static readonly Gen<(SimulatedChange Change, string Command, double Seconds)[]> AnyHistory = Gen.Select(
        AnyChange,
        Gen.Int[0, SimulatedUps.Commands.Length - 1].Select(i => SimulatedUps.Commands[i]),
        Gen.Double[0, 4000]
    ).Array[1, 12];

    [Fact]
    public void Advance_AnyHistory_StaysWithinBounds() =>
        Gen.Select(AnyUps, AnyHistory)
            .Sample(
                (ups, history) =>
                {
                    foreach (var (change, command, seconds) in history)
                    {
                        ups = ups.Apply(change);
                        ups = ups.Execute(command, null) ?? ups;
                        ups = ups.Advance(TimeSpan.FromSeconds(seconds));
                        Assert.InRange(ups.Charge, 0, 1);
                        Assert.InRange(ups.BatteryVoltage, 0.5 * 24, 1.3 * 24);
                        Assert.InRange(ups.BatteryCelsius, 20, 60);
                        Assert.True(ups.Runtime >= TimeSpan.Zero);
                        Assert.True(ups.Status.HasFlag(UpsStatus.OL) != ups.Status.HasFlag(UpsStatus.OB));
                        Assert.True(ups.IsOutputOn || !ups.IsOnBattery);
                    }
                },
                iter: 2000
            );

    [Fact]
    public void Advance_OnBattery_ChargeAndRuntimeFall() =>
        Gen.Select(AnyUps, Gen.Double[0.1, 60].Array[2, 10])
            .Sample(
                (ups, steps) =>
                {
                    ups = ups.Apply(new SimulatedChange { Mains = false });
                    foreach (var seconds in steps)
                    {
                        var next = ups.Advance(TimeSpan.FromSeconds(seconds));
                        Assert.True(next.Charge <= ups.Charge);
                        Assert.True(next.Runtime <= ups.Runtime);
                        Assert.True(next.Charge < ups.Charge || !ups.IsOnBattery);
                        ups = next;
                    }
                },
                iter: 1000
            );

    [Fact]
    public void Runtime_AtConstantLoad_IsTheTimeToEmpty() =>
        AnyUps.Sample(
            ups =>
            {
                ups = ups.Apply(new SimulatedChange { Mains = false });
                var promised = ups.Runtime;
                Assert.True(ups.Advance(promised * 0.98).IsOutputOn);
                Assert.False(ups.Advance((promised * 1.02) + TimeSpan.FromMilliseconds(1)).IsOutputOn);
            },
            iter: 1000
        );

    [Fact]
    public void LowBattery_ComesBeforeEmpty_AndNotTooLate() =>
        AnyUps.Sample(
            ups =>
            {
                ups = (ups with { Charge = 1 }).Apply(new SimulatedChange { Mains = false });
                Assert.False(ups.IsLow);
                var before = ups.Runtime - ups.LowRuntime - TimeSpan.FromSeconds(1);
                while (!ups.IsLow)
                {
                    ups = ups.Advance(TimeSpan.FromSeconds(0.5));
                    Assert.True(ups.IsOutputOn || ups.IsLow);
                }
                // By charge it may come earlier, by runtime never later.
                Assert.True(before < TimeSpan.Zero || ups.OnBatteryFor <= before + TimeSpan.FromSeconds(2));
            },
            iter: 300
        );

    [Fact]
    public void Recharge_FromAnyCharge_Ends() =>
        AnyUps.Sample(
            ups =>
            {
                var hours = ups.Advance(3 * ups.Model.RechargeTime / Math.Min(1, ups.BatteryPace));
                Assert.Equal(1, hours.Charge);
                Assert.False(hours.IsCharging);
                Assert.True(ups.Charge >= 1 || ups.Status.HasFlag(UpsStatus.CHRG));
            },
            iter: 1000
        );

    [Fact]
    public void Advance_InSmallSteps_LeadsToTheSameState() =>
        Gen.Select(AnyUps, AnyChange, Gen.Int[0, SimulatedUps.Commands.Length - 1], Gen.Int[2, 60])
            .Sample(
                (ups, change, command, parts) =>
                {
                    var start = ups.Apply(change);
                    start = start.Execute(SimulatedUps.Commands[command], 30) ?? start;
                    var whole = start.Advance(TimeSpan.FromSeconds(parts * 20));
                    var stepped = start;
                    for (var i = 0; i < parts; i++)
                        stepped = stepped.Advance(TimeSpan.FromSeconds(20));
                    Assert.Equal(whole.IsOutputOn, stepped.IsOutputOn);
                    Assert.Equal(whole.Test, stepped.Test);
                    Assert.Equal(whole.Charge, stepped.Charge, 2e-3);
                    Assert.Equal(whole.BatteryCelsius, stepped.BatteryCelsius, 2.0);
                },
                iter: 1000
            );

    [Fact]
    public void Peukert_HalfTheLoad_LastsMoreThanTwiceAsLong()
    {
        var whole = Usual with { LoadWatts = 800 };
        var half = Usual with { LoadWatts = 400 };

        Assert.True(half.Runtime > 2 * whole.Runtime);
        Assert.Equal(TimeSpan.FromMinutes(6), (Usual with { LoadWatts = 900 }).Runtime);
    }

    [Fact]
    public void Pace_TenTimes_DrainsTenTimesAsFastAndSaysSo()
    {
        var quick = Usual with { BatteryPace = 10 };

        Assert.Equal(Usual.Runtime.TotalSeconds / 10, quick.Runtime.TotalSeconds, 1e-3);
    }

    [Theory]
    [InlineData(230, UpsStatus.OL)]
    [InlineData(200, UpsStatus.OL | UpsStatus.BOOST)]
    [InlineData(260, UpsStatus.OL | UpsStatus.TRIM)]
    [InlineData(150, UpsStatus.OB | UpsStatus.DISCHRG)]
    [InlineData(280, UpsStatus.OB | UpsStatus.DISCHRG)]
    [InlineData(0, UpsStatus.OB | UpsStatus.DISCHRG)]
    public void Status_AtAVoltage_IsWhatADeviceSays(double volts, UpsStatus status) =>
        Assert.Equal(status, Usual.Apply(new SimulatedChange { InputVoltage = volts }).Status);

    [Fact]
    public void Status_OverloadedWornAndForced_SaysAll()
    {
        var ups = Usual with { LoadWatts = 1000, BatteryHealth = 0.3, IsForcedShutdown = true };

        Assert.Equal(UpsStatus.OL | UpsStatus.OVER | UpsStatus.RB | UpsStatus.FSD, ups.Status);
    }
}
