using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>Where one of several supplies tips the scales (POLICY B1-B4). Every script begins on line at 0; now is
/// 60.</summary>
public sealed class SupplyEdgeTests
{
    private const string Mains = "60 OL charge=100 runtime=1800";
    private const string Battery = "40 OB, 41 OB, 44 OB, 60 OB charge=70 runtime=600";
    private const string BatteryLow = "40 OB, 41 OB, 44 OB, 60 OB LB charge=20 runtime=100";
    private const string Silent = "1 x, 2 x, 3 x, 60 x";
    private const string JustSilent = "50 OL, 51 x, 52 x, 53 x, 60 x";
    private const string Bypass = "30 BYPASS, 60 BYPASS";
    private const string Off = "20 OFF, 60 OFF";

    private static SupplyView View(double needed, params string[] scripts)
    {
        var evidence = scripts
            .Select((s, i) => Play(Policy with { UpsId = i + 1 }, "0 OL volts=230", s).Tick(S(60)))
            .ToDictionary(u => u.Policy.UpsId);
        return Supplies.View([.. evidence.Keys.Select(id => new Supply(id, 1))], needed, evidence, S(60));
    }

    [Theory]
    [InlineData(1, BatteryLow, null, true)]
    [InlineData(1, Battery, null, false)]
    [InlineData(1, BatteryLow, Battery, false)] // one without LB is enough
    [InlineData(2, BatteryLow, Battery, true)]
    [InlineData(1, BatteryLow, Mains, false)]
    [InlineData(1, Silent, BatteryLow, true)] // B4: the silent one counts as zero
    [InlineData(2, Mains, null, false)] // too few by the plan alone: nothing is lost
    public void LowBattery_IsFewerThanNWithoutIt(double needed, string one, string? two, bool low) =>
        Assert.Equal(low, (two is null ? View(needed, one) : View(needed, one, two)).LowBattery);

    [Theory]
    [InlineData(Mains, Battery, 2)]
    [InlineData(Mains, BatteryLow, 1)]
    [InlineData(Mains, JustSilent, 1)] // no trust, though not zero yet
    [InlineData(Battery, Silent, 1)]
    [InlineData(Battery, Bypass, 1)]
    [InlineData(BatteryLow, BatteryLow, 0)]
    public void Good_IsWhatStandsAndIsNotCritical(string one, string two, double good) =>
        Assert.Equal(good, View(1, one, two).Good);

    [Theory]
    [InlineData(1, Battery, Mains)]
    [InlineData(1, Mains, Mains)]
    public void EnoughStand_NothingIsSaidOfBatteries(double needed, string one, string two)
    {
        var view = View(needed, one, two);

        Assert.Equal(
            (false, TimeSpan.Zero, null, null, null, null),
            (
                view.Failing,
                view.OnBatteryFor,
                view.ChargePercent,
                view.RuntimeSeconds,
                view.TimeLeftSeconds,
                view.DepletionPercentPerMinute
            )
        );
    }

    [Theory]
    [InlineData(2, Off, Battery, 40)] // OFF fell first: its loss is as old as OFF
    [InlineData(2, Bypass, Battery, 30)] // B4: since it left the line
    [InlineData(1, Bypass, Battery, 20)]
    [InlineData(1, "58 OB FSD, 59 OB FSD", null, 0)] // told to go down: not by a confirmed battery
    public void OnBatteryFor_IsAsOldAsTheLossThatTips(double needed, string one, string? two, double seconds) =>
        Assert.Equal(S(seconds), (two is null ? View(needed, one) : View(needed, one, two)).OnBatteryFor);

    [Fact]
    public void OffForAMoment_IsNoLossYet() => Assert.False(View(1, "50 OFF, 60 OFF", Battery).Failing); // A7

    [Fact]
    public void OffAndForcedDown_IsNoContradiction() => Assert.False(View(1, "20 OFF FSD, 60 OFF FSD").OffOnly); // A7, A5

    [Fact]
    public void Charge_OfWhatStands_IsNotCompared()
    {
        Assert.Equal(70, View(2, "60 OL charge=10 runtime=1800", Battery).ChargePercent);
        Assert.Null(View(2, Mains, "40 OB, 41 OB, 44 OB, 60 OB").ChargePercent);
    }

    [Fact]
    public void Runtime_OfWhatStands_IsNotAdded() => Assert.Equal(600, View(2, Mains, Battery).RuntimeSeconds);

    [Theory]
    [InlineData(1, 800)]
    [InlineData(2, 600)]
    public void Runtime_EqualLoads_EndsWhenTooFewAreLeft(double needed, double seconds)
    {
        const string first = "40 OB, 41 OB, 44 OB, 60 OB runtime=600 watts=100";
        const string second = "40 OB, 41 OB, 44 OB, 60 OB runtime=1000 watts=100";

        Assert.Equal(seconds, View(needed, first, second).RuntimeSeconds ?? 0, 1e-6);
    }

    [Fact]
    public void Runtime_OnePowerUnknownOrZero_IsHalfOfTheNext()
    {
        const string none = "40 OB, 41 OB, 44 OB, 60 OB runtime=600 watts=0";
        const string some = "40 OB, 41 OB, 44 OB, 60 OB runtime=1000 watts=100";

        Assert.Equal(800, View(1, none, some).RuntimeSeconds);
    }

    [Theory] // B3: zero for triggers only
    [InlineData("60 OB LB charge=20 runtime=100", 0.0, 100.0)]
    [InlineData("60 OB LB low=90", 0.0, 90.0)] // what the device calls low
    [InlineData("60 OB LB", 0.0, 120.0)]
    [InlineData("60 OB", null, null)]
    [InlineData("60 OB runtime=600", 600.0, 600.0)]
    public void Critical_IsZeroForTriggers_AndTimeLeftForPeople(string last, double? trigger, double? left)
    {
        // The runtime was last heard long before: it is unknown, not extrapolated.
        var ups = Play(
            Policy,
            "0 OL volts=230, 140 OB, 141 OB, 144 OB, " + last.Replace("60 ", "160 ", StringComparison.Ordinal)
        );
        var view = Supplies.View([new Supply(1, 1)], 1, new Dictionary<int, UpsEvidence> { [1] = ups }, S(160));

        Assert.Equal((trigger, left), (view.RuntimeSeconds, view.TimeLeftSeconds));
    }

    [Fact]
    public void Depletion_IsThatOfTheFastest()
    {
        static UpsEvidence Falling(int id, int percent) =>
            Play(
                Policy with
                {
                    UpsId = id,
                },
                "0 OL volts=230 charge=100",
                "1 OB charge=100, 2 OB charge=100, 5 OB charge=100, 30 OB charge=100",
                $"90 OB charge={100 - percent}, 150 OB charge={100 - (2 * percent)}"
            );
        var evidence = new Dictionary<int, UpsEvidence> { [1] = Falling(1, 2), [2] = Falling(2, 5) };

        var view = Supplies.View([new Supply(1, 1), new Supply(2, 1)], 1, evidence, S(150));

        Assert.Equal(5, view.DepletionPercentPerMinute ?? 0, 1e-6);
    }
}
