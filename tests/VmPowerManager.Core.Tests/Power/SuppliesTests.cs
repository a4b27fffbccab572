using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>POLICY B1-B4, A7: what several UPSes are to one target. Every script begins on line at 0; now is 60.</summary>
public sealed class SuppliesTests
{
    private const string Mains = "60 OL charge=100 runtime=1800";
    private const string Battery = "40 OB, 41 OB, 44 OB, 60 OB charge=70 runtime=600";
    private const string BatteryLow = "40 OB, 41 OB, 44 OB, 60 OB LB charge=20 runtime=100";
    private const string Silent = "1 x, 2 x, 3 x, 60 x";
    private const string JustSilent = "50 OL, 51 x, 52 x, 53 x, 60 x";
    private const string Off = "20 OFF, 60 OFF";
    private const string Fsd = "60 OL FSD";
    private const string Bypass = "30 BYPASS, 60 BYPASS";
    private const string Testing = "50 OB TEST volts=230, 60 OB TEST volts=230";
    private const string Unconfirmed = "60 OB";

    private static SupplyView View(double needed, params string[] scripts) =>
        View(needed, [.. scripts.Select((s, i) => (1.0, s))]);

    private static SupplyView View(double needed, params (double Power, string Script)[] feeds)
    {
        var evidence = feeds
            .Select(
                (f, i) =>
                    (
                        Id: i + 1,
                        Ups: Play(Policy with { UpsId = i + 1, Name = $"ups{i + 1}" }, "0 OL volts=230", f.Script)
                    )
            )
            .ToDictionary(f => f.Id, f => f.Ups.Tick(S(60)));
        return Supplies.View([.. feeds.Select((f, i) => new Supply(i + 1, f.Power))], needed, evidence, S(60));
    }

    [Theory]
    [InlineData(1, Mains, null, true, false, false)]
    [InlineData(1, Battery, null, false, true, false)]
    [InlineData(1, BatteryLow, null, false, true, true)]
    [InlineData(1, Unconfirmed, null, false, false, false)] // I1
    [InlineData(1, Silent, null, false, false, false)] // I7: comm loss alone
    [InlineData(1, Testing, null, false, false, false)] // I9
    [InlineData(1, Bypass, null, false, false, false)] // A3: by itself it triggers nothing
    [InlineData(1, Fsd, null, false, true, true)]
    [InlineData(1, Mains, Battery, true, false, false)] // B5
    [InlineData(1, Battery, Battery, false, true, false)]
    [InlineData(1, BatteryLow, Battery, false, true, false)] // one battery still holds
    [InlineData(1, BatteryLow, BatteryLow, false, true, true)]
    [InlineData(1, Silent, Battery, false, true, false)] // B4
    [InlineData(1, Silent, BatteryLow, false, true, true)]
    [InlineData(1, JustSilent, Battery, false, false, false)] // not for deadSeconds yet
    [InlineData(1, Silent, Silent, false, false, false)]
    [InlineData(1, Silent, Mains, true, false, false)]
    [InlineData(1, Fsd, Mains, true, false, false)] // FSD on one of two
    [InlineData(1, Fsd, Battery, false, true, false)]
    [InlineData(1, Bypass, Battery, false, true, false)] // A3, B4: neither on line nor on battery
    [InlineData(1, Testing, Battery, false, false, false)] // masked: mains is there
    [InlineData(1, Unconfirmed, Battery, false, false, false)]
    [InlineData(1, Off, Battery, false, true, false)]
    [InlineData(1, Off, Silent, false, false, false)] // A7: OFF alone makes no silent one count as zero
    [InlineData(1, Off, Mains, true, false, false)]
    [InlineData(2, Mains, Mains, true, false, false)]
    [InlineData(2, Mains, Battery, false, true, false)]
    [InlineData(2, Mains, BatteryLow, false, true, true)]
    [InlineData(2, Mains, Silent, false, false, false)]
    [InlineData(2, Mains, Fsd, false, true, true)]
    public void Supply_OfNNeeded(double needed, string one, string? two, bool onMains, bool failing, bool critical)
    {
        var view = two is null ? View(needed, one) : View(needed, one, two);

        Assert.Equal((onMains, failing, critical), (view.OnMains, view.Failing, view.IsCritical));
    }

    [Theory]
    [InlineData(2, 2, 1, true)] // the strong one alone is enough
    [InlineData(2, 1, 2, false)]
    [InlineData(1, 0, 1, false)] // power value 0: told, never counted
    [InlineData(0.5, 1, 0.5, true)]
    public void Supply_Weights_AreSummed(double needed, double mains, double battery, bool onMains) =>
        Assert.Equal(onMains, View(needed, (mains, Mains), (battery, Battery)).OnMains);

    [Theory]
    [InlineData(Off, null)]
    [InlineData(Off, Off)]
    [InlineData(Off, Silent)]
    public void Supply_LostByOffAlone_IsAContradiction(string one, string? two)
    {
        var view = two is null ? View(1, one) : View(1, one, two);

        Assert.True(!view.Failing || view.OffOnly);
        Assert.False(View(1, Off, Battery).OffOnly);
        Assert.False(View(1, Battery).OffOnly);
    }

    [Fact]
    public void Supply_DisabledUps_IsNone()
    {
        var evidence = new Dictionary<int, UpsEvidence>
        {
            [1] = Play(Policy with { Enabled = false }, "0 OL, 60 OL"),
            [2] = Play(Policy with { UpsId = 2 }, "0 OL", Battery),
        };
        var view = Supplies.View([new Supply(1, 1), new Supply(2, 1)], 1, evidence, S(60));

        Assert.True(view.Failing); // A3: polled or not
    }

    [Theory]
    [InlineData(1, Battery, "30 OB, 31 OB, 34 OB, 60 OB", 20)] // since the last of them fell
    [InlineData(2, Battery, "30 OB, 31 OB, 34 OB, 60 OB", 30)] // since the first fell
    [InlineData(2, Battery, Mains, 20)]
    [InlineData(1, Battery, Mains, 0)]
    [InlineData(1, Battery, Silent, 20)] // long silent: since the other fell (B4)
    [InlineData(1, Fsd, Fsd, 0)]
    public void OnBatteryFor_IsSinceFewerThanNStood(double needed, string one, string two, double seconds) =>
        Assert.Equal(S(seconds), View(needed, one, two).OnBatteryFor);

    [Theory]
    [InlineData(1, 70.0, 40.0, 70.0)] // the N-th largest
    [InlineData(2, 70.0, 40.0, 40.0)]
    [InlineData(1, 70.0, null, 70.0)] // unknown neither meets ...
    [InlineData(2, 70.0, null, 70.0)] // ... nor blocks
    [InlineData(1, null, null, null)]
    public void Charge_IsTheNthLargest(double needed, double? one, double? two, double? expected)
    {
        static string Poll(double? charge) => $"40 OB, 41 OB, 44 OB, 60 OB{(charge is { } c ? $" charge={c}" : "")}";

        Assert.Equal(expected, View(needed, Poll(one), Poll(two)).ChargePercent);
    }

    [Fact]
    public void Charge_OneOnLine_IsNoTriggerAndOneCountedZeroIsZero()
    {
        Assert.Null(View(1, Mains, Battery).ChargePercent);
        Assert.Equal(70, View(2, Mains, Battery).ChargePercent);
        Assert.Equal(0, View(2, Silent, Battery).ChargePercent);
    }

    [Theory]
    [InlineData(1, "600", "1000", null, 800)] // smallest, and half of what remains of the next
    [InlineData(2, "600", "1000", null, 600)] // one drop-out is enough
    [InlineData(1, "600", "1000", "100", 800)] // equal loads: 600 s, then 400 s at double load
    [InlineData(1, "1000", "1000", "100", 1000)]
    [InlineData(1, "600", "", null, 600)] // unknown: what is known decides
    [InlineData(1, "", "", null, null)]
    public void Runtime_WithTransfer(double needed, string one, string two, string? watts, int? expected)
    {
        string Poll(string runtime) =>
            $"40 OB, 41 OB, 44 OB, 60 OB{(runtime.Length > 0 ? $" runtime={runtime}" : "")}{(watts is null ? "" : $" watts={watts}")}";

        var runtime = View(needed, Poll(one), Poll(two)).RuntimeSeconds;

        Assert.Equal(expected, runtime is { } seconds ? (int)Math.Round(seconds) : default(int?));
    }

    [Fact]
    public void Runtime_UnequalLoads_IterateDropOuts()
    {
        // 300 W for 100 s and 100 W for 400 s: after 100 s the second carries 400 W for what was 300 s at 100 W.
        var view = View(
            1,
            "40 OB, 41 OB, 44 OB, 60 OB runtime=100 watts=300",
            "40 OB, 41 OB, 44 OB, 60 OB runtime=400 watts=100"
        );

        Assert.Equal(175, view.RuntimeSeconds ?? 0, 1e-6);
    }

    [Fact]
    public void CriticalBecause_NamesTheUpsAndTheReason() =>
        Assert.Equal("ups1: low battery; ups2: no trustworthy reading", View(1, BatteryLow, Silent).CriticalBecause);
}
