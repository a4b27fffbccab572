using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>upsmon's is_ups_critical() in its own order, and where this product decides otherwise on purpose.</summary>
public sealed class NutDecisionTests
{
    private static bool Critical(string polls, double now) =>
        Supplies.View(
            [new Supply(1, 1)],
            1,
            new Dictionary<int, UpsEvidence>
            {
                [1] = Play("0 OL volts=230 charge=100 runtime=1800", polls).Tick(S(now)),
            },
            S(now)
        )
            is { IsCritical: true, OffOnly: false };

    [Theory]
    [InlineData("1: FSD is critical", "1 OB FSD", 1, true)]
    [InlineData("1: FSD on line too", "1 OL FSD", 1, true)]
    [InlineData("2: comm lost, was OB: after DEADTIME", "1 OB, 2 x, 3 x, 16 x", 15.9, false)]
    [InlineData("2: comm lost, was OB: after DEADTIME", "1 OB, 2 x, 3 x, 16 x", 16, true)]
    [InlineData("2: comm lost, was OL: not critical", "1 OL, 2 x, 3 x, 300 x", 300, false)]
    [InlineData("2: comm lost, was TRIM or BOOST: no assumption", "1 OL BOOST, 2 x, 3 x, 300 x", 300, false)]
    [InlineData("4: OB without LB", "1 OB, 2 OB, 300 OB", 300, false)]
    [InlineData("4: LB without OB", "1 OL LB, 2 OL LB, 300 OL LB", 300, false)]
    [InlineData("5: OB LB CAL", "1 OB LB CAL volts=230, 60 OB LB CAL volts=230", 60, false)]
    [InlineData("6: OB LB", "1 OB LB, 2 OB LB, 4 OB LB", 4, true)]
    [InlineData("tokens, not substrings: OL CHRG is no DISCHRG", "1 OL CHRG, 9 OL CHRG", 9, false)]
    [InlineData("WAIT infers nothing", "1 WAIT, 2 WAIT, 300 WAIT", 300, false)]
    public void AsUpsmon(string rule, string polls, double now, bool critical) =>
        Assert.True(critical == Critical(polls, now), rule);

    [Theory]
    [InlineData("upsmon acts on one OB LB reading; here OB is confirmed first (A4)", "1 OB LB", 1, false)]
    [InlineData(
        "upsmon believes LB at transfer; here a second sign is asked for (A6)",
        "1 OB LB charge=95 runtime=900, 2 OB LB charge=95 runtime=900, 5 OB LB charge=95 runtime=900",
        5,
        false
    )]
    [InlineData(
        "a lost UPS that calibrated is critical at once in upsmon; here it is not (I7, I9)",
        "1 OL CAL volts=230, 2 x, 3 x, 60 x",
        60,
        false
    )]
    [InlineData(
        "a lost UPS in BYPASS is critical at once in upsmon; here it is not (A3)",
        "1 OL BYPASS, 2 x, 3 x, 60 x",
        60,
        false
    )]
    [InlineData(
        "a lost UPS that was OFF is critical at once in upsmon; here it is not (A3)",
        "1 OFF, 2 x, 3 x, 60 x",
        60,
        false
    )]
    [InlineData(
        "a lost UPS in OVER on line may be critical in upsmon; here it is not",
        "1 OL OVER, 2 x, 3 x, 60 x",
        60,
        false
    )]
    [InlineData("a lost UPS with ALARM is critical in upsmon; here it is not", "1 OL ALARM, 2 x, 3 x, 60 x", 60, false)]
    [InlineData(
        "OFF for OFFDURATION is critical in upsmon; on the only supply it contradicts living hosts (A7)",
        "1 OFF, 31 OFF",
        31,
        false
    )]
    [InlineData(
        "a stuck CAL blocks upsmon for ever; here input lost ends the mask (A5)",
        "1 OB LB CAL volts=0, 2 OB LB CAL volts=0, 60 OB LB CAL volts=0",
        60,
        true
    )]
    [InlineData(
        "TEST does not mask in upsmon; here it does (A5)",
        "1 OB LB TEST volts=230, 60 OB LB TEST volts=230",
        60,
        false
    )]
    [InlineData(
        "a latched FSD after mains is critical for ever in upsmon; here it is only shown (A5)",
        "1 OB FSD, 2 OL FSD",
        2,
        false
    )]
    [InlineData(
        "OVER on battery for 10 s is critical here, off by default in upsmon (A7)",
        "1 OB OVER, 2 OB OVER, 11 OB OVER",
        11,
        true
    )]
    public void OtherThanUpsmon(string difference, string polls, double now, bool critical) =>
        Assert.True(critical == Critical(polls, now), difference);
}
