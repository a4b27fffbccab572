using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>The edges of what one UPS's readings prove (POLICY A1-A8): exactly at the bound, and just beside it.</summary>
public sealed class EvidenceEdgeTests
{
    private const string Line = "0 OL volts=230 charge=100 runtime=1800, ";

    [Theory]
    [InlineData("1 OB", true)]
    [InlineData("1 OL", false)]
    [InlineData("1 OB, 2 OB, 4 OB, 5 OL", false)] // the outage is open, but it is on line
    [InlineData("1 OB, 2 OB, 4 OB, 5 x", true)]
    public void OnBatterySeen_IsTheNewestWord(string polls, bool seen) =>
        Assert.Equal(seen, Play(Line + polls).OnBatterySeen);

    [Theory]
    [InlineData("1 OL", false)]
    [InlineData("1 OL, 2 x", false)] // one miss
    [InlineData("1 OB, 2 x", false)]
    [InlineData("1 BYPASS", false)]
    [InlineData("1 BYPASS, 2 x", true)] // nothing stands for it
    [InlineData("1 OL, 2 x, 3 x, 4 x", true)]
    [InlineData("1 WAIT", true)]
    public void Untrusted_WhenNothingOfItStands(string polls, bool untrusted) =>
        Assert.Equal(untrusted, Play(Line + polls).Untrusted);

    [Fact]
    public void Untrusted_Disabled_Is() => Assert.True(Play(Policy with { Enabled = false }, Line + "1 OL").Untrusted);

    [Theory]
    [InlineData("30 BYPASS", 44.9, false)]
    [InlineData("30 BYPASS", 45, true)] // deadSeconds since it left the line
    [InlineData("30 OB TEST volts=230", 60, false)] // masked: mains is there
    [InlineData("30 OB", 60, false)]
    [InlineData("59 OL", 60, false)]
    public void CountsForNothing_WhenElsewhereForDeadSeconds(string poll, double now, bool nothing) =>
        // Polled until then: this is about what it says, not about silence.
        Assert.Equal(nothing, Play("0 OL volts=230", poll, $"{now - 0.1:0.0} {Words(poll)}").CountsForNothing(S(now)));

    private static string Words(string poll) => poll[(poll.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    [Theory]
    [InlineData("1 OB CAL volts=115", MaskKind.Calibration)] // exactly half of the usual 230
    [InlineData("1 OB CAL volts=114.9", null)]
    [InlineData("1 OB TEST volts=115", MaskKind.Test)]
    [InlineData("1 OB CAL charge=15 runtime=500", MaskKind.Calibration)]
    [InlineData("1 OB CAL charge=14.9 runtime=500", null)]
    [InlineData("1 OB CAL charge=50 runtime=120", MaskKind.Calibration)]
    [InlineData("1 OB CAL charge=50 runtime=119", null)]
    [InlineData("1 OB", null)]
    public void Mask_AtItsBounds(string poll, MaskKind? kind) => Assert.Equal(kind, Play(Line + poll).MaskedAt(S(2)));

    [Theory]
    [InlineData(489.9, MaskKind.Test)]
    [InlineData(500, null)] // five minutes since it was set
    public void Mask_OfATestWithoutVoltage_LastsFiveMinutes(double now, MaskKind? kind) =>
        Assert.Equal(kind, Play(Line + "200 OB TEST").MaskedAt(S(now)));

    [Theory]
    [InlineData(120.0, null, 60, MaskKind.Test)] // the user's word
    [InlineData(120.0, 230.0, 60, MaskKind.Test)] // before the device's
    [InlineData(null, 120.0, 60, MaskKind.Test)] // before the usual 230
    [InlineData(null, null, 60, null)]
    [InlineData(null, null, 115, MaskKind.Test)]
    public void Mask_NominalVoltage_IsTheUsersTheDevicesOrTheUsual(
        double? policy,
        double? device,
        double volts,
        MaskKind? kind
    )
    {
        var ups = Play(Policy with { NominalVoltage = policy }, "0 OL volts=230");
        var reading = Readings.Of("OB TEST", S(1)) with { InputVoltage = volts, NominalInputVoltage = device };

        Assert.Equal(kind, ups.Observe(new UpsObservation(1, S(1), reading, null)).MaskedAt(S(1)));
    }

    [Fact]
    public void Mask_NothingKnownOfTheVoltage_FiftyVoltsAreMains() =>
        Assert.Equal(MaskKind.Test, Play("0 OL, 1 OB TEST volts=50").MaskedAt(S(1)));

    private const string Full = "charge=90 runtime=900";

    [Theory]
    [InlineData("31 OB LB", 60.9, false)] // 30 s after the transfer is early still
    [InlineData("31 OB LB", 61, true)] // and has lasted for 30 s
    [InlineData("31.1 OB LB", 32, true)] // late
    public void LowBattery_EarlyForThirtySeconds(string poll, double now, bool low) =>
        Assert.Equal(low, Play(Line + $"1 OB {Full}, 2 OB {Full}, {poll} {Full}").LowBattery(S(now)));

    [Theory]
    [InlineData("charge=50 runtime=900", false)]
    [InlineData("charge=49.9 runtime=900", true)]
    [InlineData("charge=90 runtime=120", false)]
    [InlineData("charge=90 runtime=119.9", true)]
    public void LowBattery_Early_IsHeldByValuesAtTheirBounds(string values, bool low) =>
        Assert.Equal(
            low,
            Play("0 OL volts=230 " + values, $"1 OB LB {values}, 2 OB LB {values}, 5 OB LB {values}").LowBattery(S(5))
        );

    [Theory]
    [InlineData(97.5, true)] // 15 % a minute, and more
    [InlineData(97.6, false)]
    public void LowBattery_Early_ASteepSlopeBearsItOut(double charge, bool low) =>
        Assert.Equal(
            low,
            Play(
                    "0 OL volts=230 charge=100 runtime=900",
                    "1 OB LB charge=100 runtime=900, 2 OB LB charge=100 runtime=900",
                    FormattableString.Invariant($"11 OB LB charge={charge} runtime=900")
                )
                .LowBattery(S(11))
        );

    [Theory]
    [InlineData("1 OB OVER, 2 OB OVER, 10.9 OB OVER", 10.9, null)]
    [InlineData("1 OB OVER, 2 OB OVER, 11 OB OVER", 11, "overloaded on battery")]
    [InlineData("1 OFF, 31 OFF", 31, "output off for 30 s")]
    [InlineData("1 OB, 2 OB, 4 OB, 19 x", 19, "silent for 15 s while on battery")]
    [InlineData("1 OB LB, 2 OB LB, 4 OB LB", 4, "low battery")]
    [InlineData("1 OB FSD", 1, "forced shutdown (FSD)")]
    [InlineData("1 OL", 1, null)]
    public void CriticalBecause_SaysWhy(string polls, double now, string? why) =>
        Assert.Equal(why, Play(Line + polls).CriticalBecause(S(now))?.ToString());

    [Theory]
    [InlineData("61 OB", 61, 1800.0)] // exactly a minute since its last word
    [InlineData("60.9 OB", 62, 1798.9)]
    [InlineData("61.1 OB", 62, null)]
    public void Runtime_LostBeforeTheTransfer_CountsForAMinute(string poll, double now, double? seconds)
    {
        var runtime = Play("0 OL, 1 OL runtime=1800", poll).RuntimeSeconds(S(now));

        Assert.Equal(seconds is null, runtime is null);
        Assert.Equal(seconds ?? 0, runtime ?? 0, 1e-6);
    }

    [Theory]
    [InlineData("1 OL charge=90 runtime=900", "")]
    [InlineData("1 OB charge=90 runtime=900", "")]
    [InlineData("1 OB runtime=900", "batteryChargePercent")]
    [InlineData("1 OB charge=90", "batteryRuntimeSeconds")]
    [InlineData("1 OB charge=90 runtime=900, 2 x, 3 x, 4 x", "batteryChargePercent batteryRuntimeSeconds")]
    [InlineData("1 OL", "")] // no outage: nothing is made up
    public void Estimated_NamesWhatWasNotReported(string polls, string names)
    {
        var ups = Play(Line + polls);

        Assert.Equal(names, string.Join(' ', ups.Estimated(S(5))));
    }

    [Fact]
    public void Shown_FillsInWhatIsLost()
    {
        var shown = Play(Line + "1 OB charge=90 runtime=900, 2 OB").Shown(S(4));

        Assert.Equal((90.0, 897.0), (shown?.BatteryChargePercent, shown?.BatteryRuntimeSeconds));
        Assert.Null(UpsEvidence.Unseen(Policy).Shown(S(4)));
        var known = Play(Line + "1 OL charge=80 runtime=700, 2 x, 3 x, 4 x").Shown(S(4));
        Assert.Equal((80.0, 700.0), (known?.BatteryChargePercent, known?.BatteryRuntimeSeconds));
    }

    [Fact]
    public void UsualValues_AreThoseOnLine_AndStayWhenNotReported()
    {
        var ups = Play("0 OL volts=230 load=40, 1 OL");
        Assert.Equal((230.0, 40.0), (ups.UsualInputVoltage, ups.UsualLoadPercent));
        ups = ups.Go("2 OL volts=228 load=30");
        Assert.Equal((228.0, 30.0), (ups.UsualInputVoltage, ups.UsualLoadPercent));
        ups = ups.Go("3 OB volts=0 load=35, 4 OB volts=0 load=35, 7 OB volts=0 load=20, 8 OL volts=229 load=10");
        Assert.Equal((229.0, 30.0), (ups.UsualInputVoltage, ups.UsualLoadPercent)); // E3: as before the outage
    }

    [Theory]
    [InlineData("5 OB charge=100, 11 OB charge=90", -1.0)] // since the step before it
    [InlineData("2 OB charge=99", -0.1)] // as if ten seconds at least
    [InlineData("21 OB charge=98, 41 OB charge=97", -0.05)]
    public void Slope_SpansTheWholeStep(string polls, double slope) =>
        Assert.Equal(slope, Play(Line + "1 OB charge=100, " + polls).ChargeSlope, 1e-9);

    [Theory]
    [InlineData("5 WAIT", "Status is empty.")]
    [InlineData("5 x", "x")]
    [InlineData("5 OL", null)]
    public void Fault_IsSaidInWords(string poll, string? words) => Assert.Equal(words, Play(Line + poll).Fault?.Words);

    [Fact]
    public void Fault_UnknownFlags_AreNamed()
    {
        var reading = Readings.Of("", S(1)) with { UnknownFlags = ["WAIT", "NEW"] };

        Assert.Equal(
            "Status is WAIT NEW.",
            Play("0 OL").Observe(new UpsObservation(1, S(1), reading, null)).Fault?.Words
        );
    }

    [Theory]
    [InlineData(1, 4.9, Comm.Ok)]
    [InlineData(1, 5, Comm.Lost)]
    [InlineData(4, 13.9, Comm.Ok)]
    [InlineData(4, 14, Comm.Lost)] // three polls and a bit
    public void Comm_Overdue_IsThreePollsAndTwoSeconds(double poll, double now, Comm comm) =>
        Assert.Equal(comm, Play(Policy with { PollSeconds = poll }, "0 OL").Tick(S(now)).Comm);

    [Fact]
    public void Comm_AfterAStaleWord_IsOkWithTheNextReading() =>
        Assert.Equal(Comm.Ok, Play("0 OL, 1 stale, 2 OL").Comm);
}
