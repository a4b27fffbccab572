using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>When the fall of a plan's readiness is told.</summary>
public sealed class ReadinessTrendTests
{
    private readonly ReadinessTrend _trend = new();

    [Fact]
    public void Fell_ToldOnce_WhenItHasLasted()
    {
        Assert.Equal([null, null, 100, null, null], Looks(100, 40, 40, 40, 40));
        Assert.Equal([null, 40], Looks(0, 0));
    }

    [Fact]
    public void Fell_ComesAndGoes_NotTold() => Assert.Equal([null, null, null, null], Looks(100, 40, 100, 40));

    [Fact]
    public void Fell_InSmallSteps_TheyAddUp() => Assert.Equal([null, null, null, 100], Looks(100, 96, 92, 92));

    [Fact]
    public void Fell_AfterItRose_CountsFromThere() => Assert.Equal([null, null, null, 90], Looks(40, 90, 60, 60));

    [Fact]
    public void KeepOnly_ARemovedPlan_IsForgotten()
    {
        Looks(100, 40);
        _trend.KeepOnly([2]);
        Assert.Equal([null, null], Looks(40, 40));
    }

    private int?[] Looks(params int[] scores) =>
        [.. scores.Select(s => _trend.Fell(1, new ReadinessView(s, null, null, [], []))?.Score)];
}
