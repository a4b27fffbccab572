using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Shell;

namespace VmPowerManager.Tests.Shell;

public sealed class WallViewTests
{
    [Fact]
    public void Calm_ShowsEveryEnabledUpsByName()
    {
        var view = WallView.Of([Views.Ups(2), Views.Ups(1), Views.Ups(3, enabled: false)], [], []);
        Assert.Equal(WallMode.Calm, view.Mode);
        Assert.Equal([1, 2], view.Upses.Select(u => u.Id));
        Assert.Equal(Condition.Normal, view.Overall.Condition);
    }

    [Fact]
    public void OnBattery_CountsFromTheLongestOutage_AndToTheShortestRuntime()
    {
        var view = WallView.Of(
            [
                Views.Ups(1, onBattery: true, onBatterySeconds: 61, runtime: 900),
                Views.Ups(2, onBattery: true, onBatterySeconds: 11, runtime: 500),
                Views.Ups(3, runtime: 100),
            ],
            [Views.Plan(armed: true, stage: "onBattery", next: new NextPhaseView("lab", "Lab", 30, ""))],
            []
        );
        Assert.Equal(WallMode.OnBattery, view.Mode);
        Assert.Equal(Views.Now.AddSeconds(-60), view.OnBatterySince);
        Assert.Equal(500, view.RuntimeSeconds);
        Assert.Equal(1, view.Plan?.PlanId);
    }

    [Fact]
    public void ArmedPlanWithTheNextPhase_IsTheOneCountedFor()
    {
        var view = WallView.Of(
            [Views.Ups(1, onBattery: true)],
            [
                Views.Plan(armed: false, stage: "onBattery", next: new NextPhaseView("a", "A", 5, ""), id: 1),
                Views.Plan(armed: true, stage: "onBattery", next: new NextPhaseView("b", "B", 90, ""), id: 2),
                Views.Plan(armed: true, stage: "onBattery", next: new NextPhaseView("c", "C", 60, ""), id: 3),
            ],
            []
        );
        Assert.Equal(3, view.Plan?.PlanId);
    }

    [Theory]
    [InlineData("down", WallMode.Down, Condition.Critical)]
    [InlineData("waiting", WallMode.Down, Condition.Working)]
    public void StoppedMachines_KeepTheWallFromCalm(string stage, WallMode mode, Condition condition)
    {
        var view = WallView.Of([Views.Ups(1)], [Views.Plan(armed: true, stage: stage)], []);
        Assert.Equal((mode, condition), (view.Mode, view.Overall.Condition));
    }

    [Fact]
    public void SilentUps_IsNeverGreen()
    {
        Assert.Equal(Condition.Unknown, WallView.Of([Views.Ups(1, comm: Comm.Lost)], [], []).Overall.Condition);
        var one = WallView.Of([Views.Ups(1, comm: Comm.Stale), Views.Ups(2)], [], []);
        Assert.Equal(Condition.Attention, one.Overall.Condition);
    }

    [Theory]
    [InlineData("BYPASS", Condition.Attention)]
    [InlineData("RB", Condition.Attention)]
    [InlineData("TRIM", Condition.Unknown)]
    public void UpsThatIsNotProvenFine_IsNotGreen(string flag, Condition condition) =>
        Assert.Equal(condition, WallView.Of([Views.Ups(1, status: [flag])], [], []).Overall.Condition);

    [Fact]
    public void SilentUpsOnBattery_TellsNoRuntime()
    {
        var silent = Views.Ups(1, onBattery: true, comm: Comm.Lost, runtime: 60);
        var one = WallView.Of([silent], [], []);
        Assert.Equal((null, true), (one.RuntimeSeconds, one.RuntimeIsPartial));
        var two = WallView.Of([silent, Views.Ups(2, onBattery: true, runtime: 500)], [], []);
        Assert.Equal((500, true), (two.RuntimeSeconds, two.RuntimeIsPartial));
    }

    [Fact]
    public void PlanThatWillNotAct_CountsDownToNothing()
    {
        var next = new NextPhaseView("lab", "Lab", 30, "");
        var armed = Views.Plan(armed: true, stage: "onBattery", next: next);
        var hold = new HoldView("ada", Views.Now, null, false);
        PlanScreen[] silent =
        [
            Views.Plan(armed: false, stage: "onBattery", next: next),
            armed with
            {
                State = armed.State with { Stage = "held", Hold = hold },
            },
        ];
        Assert.Equal(next, WallView.Of([Views.Ups(1, onBattery: true)], [armed], []).Next);
        foreach (var plan in silent)
            Assert.Null(WallView.Of([Views.Ups(1, onBattery: true)], [plan], []).Next);
    }

    [Fact]
    public void CriticalPower_IsCritical() =>
        Assert.Equal(
            Condition.Critical,
            WallView.Of([Views.Ups(1, onBattery: true, critical: true)], [], []).Overall.Condition
        );
}
