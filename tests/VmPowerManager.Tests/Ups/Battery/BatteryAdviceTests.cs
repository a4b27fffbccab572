using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Tests.Ups.Battery;

public sealed class BatteryAdviceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BatteryFacts Young = new(Now) { InstalledAt = Now.AddYears(-1) };

    [Fact]
    public void Young_WithNothingAgainstIt_NeedsNothing()
    {
        var test = new SelfTest(Now.AddDays(-3), TestOutcome.Passed, "passed", 10, true);
        var advice = BatteryAdvice.Of(Young with { LastTest = test, MeanTemperature = 22, Trend = Trend(1700, 1800) });

        Assert.Equal((BatteryNeed.Nothing, 4), (advice.Need, advice.ExpectedLifeYears));
        Assert.Empty(advice.Reasons);
    }

    [Fact]
    public void Unknown_InEveryWay_NeedsNothing() =>
        Assert.Equal(BatteryNeed.Nothing, BatteryAdvice.Of(new BatteryFacts(Now)).Need);

    [Fact]
    public void Device_AsksForIt_Replace() => Expect(Young with { Asks = true }, BatteryNeed.Replace, "asks");

    [Theory]
    [InlineData(TestOutcome.Failed, BatteryNeed.Replace, "testFailed")]
    [InlineData(TestOutcome.Warning, BatteryNeed.ReplaceSoon, "testWarning")]
    [InlineData(TestOutcome.Aborted, BatteryNeed.Nothing)]
    [InlineData(TestOutcome.Unknown, BatteryNeed.Nothing)]
    public void Test_LastResult_Decides(TestOutcome outcome, BatteryNeed need, params string[] codes) =>
        Expect(Young with { LastTest = new(Now.AddDays(-1), outcome, null, null, true) }, need, codes);

    [Fact]
    public void Test_OfTheBatteryBefore_CountsNoMore() =>
        Expect(
            Young with
            {
                LastTest = new(Now.AddYears(-2), TestOutcome.Failed, null, null, true),
                Said = TestOutcome.Failed,
            },
            BatteryNeed.Nothing
        );

    [Fact]
    public void Test_OnlySaidToHaveFailed_Replace() =>
        Expect(Young with { Said = TestOutcome.Failed }, BatteryNeed.Replace, "testFailed");

    [Theory]
    [InlineData(3.4, BatteryNeed.Nothing)]
    [InlineData(3.6, BatteryNeed.ReplaceSoon, "ageSoon")]
    [InlineData(4.1, BatteryNeed.Replace, "age")]
    public void Age_HalfAYearBeforeItsEnd_Warns(double years, BatteryNeed need, params string[] codes) =>
        Expect(Young with { InstalledAt = Now.AddDays(-years * 365.25) }, need, codes);

    [Fact]
    public void Age_LifeIsSet_GoesByIt() =>
        Expect(Young with { InstalledAt = Now.AddYears(-6), LifeYears = 10 }, BatteryNeed.Nothing);

    [Fact]
    public void Age_InTheHeat_IsReachedSooner()
    {
        var advice = Expect(
            Young with
            {
                InstalledAt = Now.AddDays(-2.1 * 365.25),
                MeanTemperature = 35,
            },
            BatteryNeed.Replace,
            "age"
        );
        Assert.Equal(2, advice.ExpectedLifeYears);
        Assert.Equal(
            "It is 2.1 years old; at a mean of 35 °C it is expected to last 2 years, not 4.",
            advice.Reasons[0].English
        );
    }

    [Fact]
    public void Age_InTheCold_IsNotPutOff() =>
        Assert.Equal(4, BatteryAdvice.Of(Young with { MeanTemperature = 5 }).ExpectedLifeYears);

    [Theory]
    [InlineData(1500, BatteryNeed.Nothing)]
    [InlineData(1400, BatteryNeed.ReplaceSoon, "runtimeSoon")]
    [InlineData(1000, BatteryNeed.Replace, "runtime")]
    public void Runtime_FallenAgainstItsOwn_Decides(double now, BatteryNeed need, params string[] codes) =>
        Expect(Young with { Trend = Trend(now, 1800) }, need, codes);

    [Fact]
    public void Reasons_GravestFirst()
    {
        var advice = BatteryAdvice.Of(
            Young with
            {
                InstalledAt = Now.AddYears(-5),
                Asks = true,
                Trend = Trend(1400, 1800),
            }
        );
        Assert.Equal(["asks", "age", "runtimeSoon"], advice.Reasons.Select(r => r.Code));
    }

    [Fact]
    public void Trend_AtASimilarLoad_ComparesMedians()
    {
        var hours = Hours(-200, 30, load: 20, runtime: 3000)
            .Concat(Hours(-150, 30, load: 60, runtime: 900))
            .Concat(Hours(-13, 30, load: 21, runtime: 2000));

        var trend = RuntimeTrend.Of([.. hours], Now);
        Assert.NotNull(trend);

        Assert.Equal((2000, 3000, 21), (trend.NowSeconds, trend.ThenSeconds, trend.LoadPercent));
        Assert.Equal(Now.AddDays(-200), trend.Since);
    }

    [Theory]
    [InlineData(20, 30, 10)]
    [InlineData(20, 10, 30)]
    [InlineData(40, 30, 30)]
    public void Trend_TooFewHoursOrAnotherLoad_IsNone(double load, int before, int lately)
    {
        var hours = Hours(-200, before, load: 20, runtime: 3000).Concat(Hours(-13, lately, load, runtime: 2000));

        Assert.Null(RuntimeTrend.Of([.. hours], Now));
    }

    private static IEnumerable<FullHour> Hours(int day, int count, double load, double runtime) =>
        Enumerable.Range(0, count).Select(i => new FullHour(Now.AddDays(day).AddHours(i), load, runtime));

    private static RuntimeTrend Trend(double now, double then) => new(now, then, 25, Now.AddMonths(-8));

    private static BatteryAdvice Expect(BatteryFacts facts, BatteryNeed need, params string[] codes)
    {
        var advice = BatteryAdvice.Of(facts);
        Assert.Equal(need, advice.Need);
        Assert.Equal(codes, advice.Reasons.Select(r => r.Code));
        return advice;
    }
}
