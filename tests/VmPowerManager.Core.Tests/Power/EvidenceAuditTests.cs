using System.Collections.Immutable;
using System.Text.Json;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>Sentences of POLICY A and B that the other tests leave open, and pains 3, 4, 7, 13.</summary>
public sealed class EvidenceAuditTests
{
    private const string Line = "0 OL volts=230 charge=100 runtime=1800, ";

    [Fact] // pain 13
    public void SecondsOnBatteryOfTheDevice_AreNeverUsed()
    {
        var ups = UpsEvidence.Unseen(Policy);
        for (var second = 0; second < 8; second++)
        {
            var reading = Readings.Of(second == 0 ? "OL" : "OB", S(second)) with
            {
                Variables = ImmutableSortedDictionary<string, string>
                    .Empty.Add("upsSecondsOnBattery", "86400")
                    .Add("battery.discharging.seconds", "86400")
                    .Add("ups.timer.shutdown", "0"),
            };
            ups = ups.Observe(new UpsObservation(1, S(second), reading, null));
        }
        Assert.Equal(S(6), ups.OnBatteryFor(S(7)));
    }

    [Fact] // pain 7: four seconds without the network while on battery are nothing
    public void FourSecondsOfSilence_OnBattery_AreNotCritical()
    {
        var ups = Play(Line + "1 OB, 2 OB, 4 OB, 5 x, 6 x, 7 x, 8 OB");

        Assert.True(ups.OnBattery);
        Assert.False(ups.Critical(S(8)) || ups.Dead(S(8)));
    }

    [Theory] // A5
    [InlineData("1 OB, 2 OB, 4 OB, 5 x, 9 OL FSD", false, true)] // rose unseen in the outage: as old as it
    [InlineData("1 OB, 2 OL FSD", false, true)]
    [InlineData("1 OL, 2 x, 9 OL FSD", true, false)] // no outage: a new edge
    [InlineData("1 OB FSD, 2 OL FSD, 600 OL FSD, 601 OL", false, false)] // stays until it clears
    public void Fsd_FirstReadAfterAnOutage_IsLatched(string polls, bool active, bool latched)
    {
        var ups = Play(Line + polls);

        Assert.Equal((active, latched), (ups.ForcedDown, ups.FsdLatched));
    }

    [Fact] // A5: a latched FSD does not blind us to the next outage
    public void FsdLatched_NextOutage_CountsAsAny()
    {
        var ups = Play(Line + "1 OB FSD, 2 OL FSD, 20 OL FSD, 30 OB FSD, 31 OB FSD, 33 OB FSD");

        Assert.True(ups.OnBattery && !ups.Critical(S(33)));
        Assert.Equal(S(3), ups.OnBatteryFor(S(33)));
    }

    [Theory] // A6, pain 4: an LB that is always there (a wrong battery.charge.low)
    [InlineData("40 OB LB", 41, false)]
    [InlineData("40 OB LB", 66.9, false)]
    [InlineData("40 OB LB", 67, true)] // 30 s after the transfer at 37 it has proved itself
    public void LowBattery_SetOnLineAlready_IsAsOldAsTheTransfer(string last, double now, bool low)
    {
        const string values = "charge=95 runtime=900";
        var ups = Play($"0 OL LB {values}, 36 OL LB {values}, 37 OB LB {values}, 38 OB LB {values}, {last} {values}");

        Assert.Equal(low, ups.LowBattery(S(now)));
    }

    [Theory] // A6: one step of charge right after the transfer is no slope
    [InlineData("4 OB LB charge=99 runtime=900", false)]
    [InlineData("4 OB LB charge=96 runtime=900", true)]
    public void LowBattery_OneStepOfCharge_IsNoSecondSign(string last, bool low) =>
        Assert.Equal(
            low,
            Play(Line + $"1 OB LB charge=100 runtime=900, 2 OB LB charge=100 runtime=900, {last}").LowBattery(S(5))
        );

    [Fact] // A8: nor is it the slope of the hours to come
    public void Charge_LostAfterOneStep_DoesNotFallToNothingAtOnce()
    {
        var ups = Play(Line + "1 OB charge=100, 1.5 OB charge=99, 2 x, 62 x");

        Assert.Equal(93, ups.ChargePercent(S(61.5)) ?? 0, 0.01);
    }

    [Theory] // A5, pain 3: a CAL that is stuck for days on line
    [InlineData("90000 OB CAL volts=0, 90001 OB CAL volts=0, 90003 OB CAL volts=0", true)]
    [InlineData("90000 OB CAL, 90001 OB CAL, 90003 OB CAL", true)] // nothing known: its time is long over
    [InlineData("90000 OB CAL charge=90, 90001 OB CAL charge=90, 90003 OB CAL charge=90", false)]
    [InlineData("90000 OB CAL charge=14, 90001 OB CAL charge=14, 90003 OB CAL charge=14", true)]
    [InlineData("90000 OB CAL runtime=100, 90001 OB CAL runtime=100, 90003 OB CAL runtime=100", true)]
    public void StuckCalibration_DoesNotBlockARealOutage(string polls, bool onBattery) =>
        Assert.Equal(onBattery, Play("0 OL CAL, " + polls).OnBattery);

    [Theory] // A7: OFF blips
    [InlineData("1 OFF, 2 OL", 40)]
    [InlineData("1 OFF, 20 OL, 21 OFF, 50 OFF", 50)]
    [InlineData("1 OL OFF, 20 OL OFF, 29 OL", 60)]
    public void OffBlip_IsNotCritical(string polls, double now) => Assert.False(Play(Line + polls).Critical(S(now)));

    [Fact] // A2: what is stale, too, counts from the last trustworthy reading
    public void DeadSeconds_CountStalenessToo()
    {
        var ups = Play(Line + "1 OB, 2 OB, 4 OB, 5 stale, 10 stale, 18 stale");

        Assert.False(ups.Dead(S(18.9)));
        Assert.True(ups.Dead(S(19)) && ups.Critical(S(19)));
    }

    [Fact]
    public void Evidence_SurvivesJson()
    {
        var ups = Play(Line + "1 OB charge=100, 40 OB charge=99, 60 OB charge=98, 130 OB charge=95");
        var back = JsonSerializer.Deserialize<UpsEvidence>(JsonSerializer.Serialize(ups, Json.Options), Json.Options);

        Assert.Equal(ups.Charges, back?.Charges);
        Assert.Equal(ups.DepletionPercentPerMinute(S(131)), back?.DepletionPercentPerMinute(S(131)));
    }

    /// <summary>A battery that loses <paramref name="perMinute"/>, reported in steps, with a sag at the transfer.</summary>
    private static UpsEvidence Discharging(double perMinute, double step, double seconds, double sag = 0)
    {
        var ups = UpsEvidence.Unseen(Policy);
        ups = Poll(ups, 0, "OL", 100);
        for (var t = 1.0; t <= seconds; t += 0.5)
        {
            var left = 100 - (perMinute * (t - 1) / 60) - (t > 5 ? sag : 0);
            ups = Poll(ups, t, "OB", Math.Max(0, Math.Ceiling(left / step) * step));
        }
        return ups;
    }

    private static UpsEvidence Poll(UpsEvidence ups, double at, string status, double? charge) =>
        ups.Observe(
            new UpsObservation(1, S(at), Readings.Of(status, S(at)) with { BatteryChargePercent = charge }, null)
        );

    [Theory] // C1: depletion, robust against steps
    [InlineData(1, 1, 300, 0)]
    [InlineData(3, 1, 200, 0)]
    [InlineData(15, 1, 100, 0)]
    [InlineData(15, 1, 300, 0)]
    [InlineData(6, 5, 250, 0)] // a card that knows fives only
    [InlineData(10, 1, 150, 8)] // the sag of the transfer is no discharge
    [InlineData(2, 0.1, 300, 0)]
    public void Depletion_IsWithinAFifthOfTheTruth(double perMinute, double step, double seconds, double sag)
    {
        var rate = Discharging(perMinute, step, seconds, sag).DepletionPercentPerMinute(S(seconds));

        Assert.InRange(rate ?? -1, perMinute * 0.8, perMinute * 1.2);
    }

    [Fact]
    public void Depletion_IsUnknownInTheFirstNinetySeconds_OnLine_AndWithoutCharge()
    {
        Assert.Null(Discharging(10, 1, 90).DepletionPercentPerMinute(S(90)));
        Assert.NotNull(Discharging(10, 1, 92).DepletionPercentPerMinute(S(92)));
        Assert.Null(Poll(Discharging(10, 1, 200), 201, "OL", 60).DepletionPercentPerMinute(S(202)));
        Assert.Null(Play("0 OL, 1 OB, 2 OB, 4 OB, 200 OB").DepletionPercentPerMinute(S(200)));
    }

    [Fact]
    public void Depletion_WhenChargeStopsFalling_DoesNotGoOnAsItWas()
    {
        var ups = Discharging(12, 1, 120);
        for (var t = 121.0; t < 400; t++)
            ups = Poll(ups, t, "OB", 77);

        Assert.InRange(ups.DepletionPercentPerMinute(S(400)) ?? -1, 0, 5);
    }

    [Fact]
    public void Depletion_OfOneFlatCharge_IsZero() =>
        Assert.Equal(0, Discharging(0, 1, 200).DepletionPercentPerMinute(S(200)));

    [Fact]
    public void Depletion_KeepsFewPoints() => Assert.InRange(Discharging(15, 0.1, 380).Charges.Length, 2, 33);

    private static SupplyView Pair(string one, string two, double needed = 1) =>
        Supplies.View(
            [new Supply(1, 1), new Supply(2, 1)],
            needed,
            new Dictionary<int, UpsEvidence>
            {
                [1] = Play("0 OL", one),
                [2] = Play(Policy with { UpsId = 2, Name = "ups2" }, "0 OL", two),
            },
            S(60)
        );

    [Theory] // B3: zero when critical is for triggers; what is left is what is reported, else the low runtime, else 120 s
    [InlineData("60 OB LB charge=20 runtime=90", 150, 195)]
    [InlineData("60 OB LB charge=20 low=180", 150, 240)]
    [InlineData("60 OB LB charge=20", 150, 210)]
    public void CriticalUps_IsZeroForTriggers_AndHasTimeLeft(string last, double triggers, double left)
    {
        var view = Pair($"40 OB, 41 OB, 44 OB, {last}", "40 OB, 41 OB, 44 OB, 60 OB charge=70 runtime=300");

        Assert.False(view.IsCritical); // the other one holds
        Assert.Equal((triggers, left), (view.RuntimeSeconds, view.TimeLeftSeconds));
    }

    [Fact] // B4: disabled is no supply; silent for less than deadSeconds still is
    public void UntrustedUps_CountsAsZeroOnlyAfterDeadSeconds_AndOnlyOnceAnotherFails()
    {
        Assert.False(Pair("50 OL, 51 x, 52 x, 53 x, 60 x", "56 OB, 57 OB, 59 OB, 60 OB").Failing);
        Assert.True(Pair("40 OL, 41 x, 42 x, 43 x, 60 x", "50 OB, 51 OB, 53 OB, 60 OB").Failing);
        Assert.False(Pair("40 OL, 41 x, 42 x, 43 x, 60 x", "60 OL").Failing);
    }
}
