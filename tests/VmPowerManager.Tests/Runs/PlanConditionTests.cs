using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Runs;
using VmPowerManager.Runs.Pages;

namespace VmPowerManager.Tests.Runs;

public sealed class PlanConditionTests
{
    [Theory]
    [InlineData("normal", Condition.Normal, "On mains")]
    [InlineData("onBattery", Condition.Attention, "On battery")]
    [InlineData("shuttingDown", Condition.Critical, "Shutting down")]
    [InlineData("down", Condition.Critical, "Down, waiting for mains")]
    [InlineData("waiting", Condition.Working, "Mains is back, waiting")]
    [InlineData("startingUp", Condition.Working, "Starting up")]
    [InlineData("rehearsing", Condition.Working, "Rehearsing")]
    [InlineData("held", Condition.Attention, "On hold")]
    [InlineData("unknown", Condition.Unknown, "No reading to trust")]
    [InlineData("a stage of a later version", Condition.Unknown, "No reading to trust")]
    public void Stage_HasConditionAndWord(string stage, Condition condition, string word) =>
        Assert.Equal(new Shown(condition, word), PlanCondition.Of(stage));

    [Theory]
    [InlineData(600, 3000.0, Condition.Normal)]
    [InlineData(600, 660.0, Condition.Normal)]
    [InlineData(600, 650.0, Condition.Attention)]
    [InlineData(600, 600.0, Condition.Attention)]
    [InlineData(600, 599.0, Condition.Critical)]
    [InlineData(600, null, Condition.Unknown)]
    public void Forecast_Margin_DecidesTheCondition(double needed, double? available, Condition expected) =>
        Assert.Equal(
            expected,
            PlanCondition.Of(new ForecastView(needed, available, available - needed, "bounds", [], [], []))
        );

    [Theory]
    [InlineData(2, 1, 0, 0, Condition.Normal)]
    [InlineData(1, 1, 1, 0, Condition.Attention)]
    [InlineData(1, 1, 0, 1, Condition.Attention)]
    [InlineData(0, 1, 1, 0, Condition.Critical)]
    [InlineData(0, 1, 1, 1, Condition.Critical)]
    [InlineData(0, 1, 0, 1, Condition.Unknown)]
    public void Supplies_GoodAgainstNeeded_DecideTheCondition(
        double good,
        double needed,
        double critical,
        double unknown,
        Condition expected
    ) => Assert.Equal(expected, PlanCondition.Of(new SupplyCounts(good, needed, critical, unknown)).Condition);

    [Fact]
    public void States_All_HaveAWord()
    {
        Assert.All(Enum.GetValues<StepStatus>(), s => Assert.NotEmpty(PlanCondition.Of(s).Word));
        Assert.All(Enum.GetValues<RunStatus>(), s => Assert.NotEmpty(PlanCondition.Of(s).Word));
        Assert.Equal(Condition.Critical, PlanCondition.Of(StepStatus.Failed).Condition);
        Assert.Equal(Condition.Unknown, PlanCondition.Of(StepStatus.Unknown).Condition);
    }
}
