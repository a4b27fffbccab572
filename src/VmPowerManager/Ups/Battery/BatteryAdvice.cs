using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace VmPowerManager.Ups.Battery;

/// <summary>What should be done about a battery.</summary>
public enum BatteryNeed
{
    Nothing,
    ReplaceSoon,
    Replace,
}

/// <summary>What is known of a battery.</summary>
internal sealed record BatteryFacts(DateTimeOffset Now)
{
    /// <summary>RB: the device itself asks.</summary>
    public bool Asks { get; init; }

    /// <summary>The newest test that is on record.</summary>
    public SelfTest? LastTest { get; init; }

    /// <summary>What the device says of its last test, whenever that was.</summary>
    public TestOutcome Said { get; init; }
    public DateTimeOffset? InstalledAt { get; init; }
    public double LifeYears { get; init; } = BatteryAdvice.UsualLifeYears;

    /// <summary>Of the last 90 days, degrees Celsius.</summary>
    public double? MeanTemperature { get; init; }
    public RuntimeTrend? Trend { get; init; }
}

/// <summary>One reason to replace a battery.</summary>
/// <param name="Code">Stable; the same reason is told once.</param>
/// <param name="Text">English with places for <paramref name="Values"/>; a key of the localised strings.</param>
public sealed record BatteryReason(
    string Code,
    BatteryNeed Need,
    [property: JsonIgnore] string Text,
    [property: JsonIgnore] ImmutableArray<object> Values
)
{
    [JsonPropertyName("text")]
    public string English => string.Format(CultureInfo.InvariantCulture, Text, [.. Values]);
}

/// <summary>Whether a battery should be replaced, and why. Pure.</summary>
public sealed record BatteryAdvice(BatteryNeed Need, ImmutableArray<BatteryReason> Reasons, double ExpectedLifeYears)
{
    /// <summary>Lead batteries of UPSes last three to five years.</summary>
    public const double UsualLifeYears = 4;
    private const double WarnYearsBefore = 0.5;

    /// <summary>Arrhenius' rule for lead batteries: each 10 degrees above 25 halve the life. Cold prolongs nothing here.</summary>
    private const double RatedTemperature = 25;
    private const double HalvedEvery = 10;
    private const double FallenToWarn = 0.8;
    private const double FallenToReplace = 0.6;
    private const double DaysInYear = 365.25;

    internal static BatteryAdvice Of(BatteryFacts facts)
    {
        var life = ExpectedLife(facts.LifeYears, facts.MeanTemperature);
        ImmutableArray<BatteryReason> reasons =
        [
            .. Asks(facts)
                .Concat(Test(facts))
                .Concat(Age(facts, life))
                .Concat(Trend(facts))
                .OrderByDescending(r => r.Need),
        ];
        return new BatteryAdvice(reasons.IsEmpty ? BatteryNeed.Nothing : reasons[0].Need, reasons, life);
    }

    private static double ExpectedLife(double years, double? temperature) =>
        temperature is { } degrees and > RatedTemperature
            ? Math.Round(years * Math.Pow(2, -Math.Min(30, degrees - RatedTemperature) / HalvedEvery), 2)
            : years;

    private static IEnumerable<BatteryReason> Asks(BatteryFacts facts) =>
        facts.Asks ? [new("asks", BatteryNeed.Replace, "The UPS asks for a new battery.", [])] : [];

    private static IEnumerable<BatteryReason> Test(BatteryFacts facts)
    {
        if (facts.LastTest is { } test)
        {
            if (test.At < facts.InstalledAt)
                yield break;
            if (test.Outcome == TestOutcome.Failed)
                yield return new("testFailed", BatteryNeed.Replace, "The last self-test failed ({0}).", [Day(test.At)]);
            else if (test.Outcome == TestOutcome.Warning)
                yield return new(
                    "testWarning",
                    BatteryNeed.ReplaceSoon,
                    "The last self-test ended with a warning ({0}).",
                    [Day(test.At)]
                );
        }
        else if (facts.Said == TestOutcome.Failed)
            yield return new("testFailed", BatteryNeed.Replace, "The UPS says that its last self-test failed.", []);
    }

    private static IEnumerable<BatteryReason> Age(BatteryFacts facts, double life)
    {
        if (facts.InstalledAt is not { } installed || installed > facts.Now)
            yield break;
        var age = (facts.Now - installed).TotalDays / DaysInYear;
        var (isOver, isNear) = (age >= life, age >= life - WarnYearsBefore);
        if (!isOver && !isNear)
            yield break;
        var (code, need) = isOver ? ("age", BatteryNeed.Replace) : ("ageSoon", BatteryNeed.ReplaceSoon);
        yield return life < facts.LifeYears
            ? new(
                code,
                need,
                "It is {0} years old; at a mean of {1} °C it is expected to last {2} years, not {3}.",
                [Round(age), Math.Round(facts.MeanTemperature ?? 0), Round(life), Round(facts.LifeYears)]
            )
            : new(code, need, "It is {0} years old and expected to last {1}.", [Round(age), Round(life)]);
    }

    private static IEnumerable<BatteryReason> Trend(BatteryFacts facts)
    {
        if (facts.Trend is not { Share: < FallenToWarn } trend)
            yield break;
        var fallen = trend.Share < FallenToReplace;
        yield return new(
            fallen ? "runtime" : "runtimeSoon",
            fallen ? BatteryNeed.Replace : BatteryNeed.ReplaceSoon,
            "Fully charged, at about {0} % load, it promises {1} min; it was {2} min in {3}.",
            [
                Math.Round(trend.LoadPercent),
                Math.Round(trend.NowSeconds / 60),
                Math.Round(trend.ThenSeconds / 60),
                trend.Since.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            ]
        );
    }

    private static double Round(double years) => Math.Round(years, 1);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
