using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>Commands, countdowns and scripts.</summary>
public sealed class SimulatedOrdersTests
{
    private static readonly SimulatedUps Usual = new(new SimulatedModel());
    private static readonly SimulatedChange MainsOff = new() { Mains = false };
    private static readonly SimulatedChange MainsOn = new() { Mains = true };

    [Fact]
    public void ShutdownReturn_MainsStaysAway_OffUntilMainsIsBack()
    {
        var off = After(Run(Usual.Apply(MainsOff), "shutdown.return", 20), 21);
        Assert.False(off.IsOutputOn);
        Assert.True(off.Status.HasFlag(UpsStatus.OFF));

        var back = After(off, 600).Apply(MainsOn);
        Assert.False(After(back, 29).IsOutputOn);
        Assert.True(After(back, 31).IsOutputOn);
    }

    [Theory]
    [InlineData(SimulatedReturn.Cycles, false, true)]
    [InlineData(SimulatedReturn.StaysOff, false, false)]
    [InlineData(SimulatedReturn.Ignores, true, true)]
    public void ShutdownReturn_MainsBackBeforeItsEnd_DependsOnTheDevice(SimulatedReturn way, bool atEnd, bool later)
    {
        var ups = Usual.Apply(MainsOff with { Return = way });
        ups = After(Run(ups, "shutdown.return", 20), 10).Apply(MainsOn);

        Assert.Equal(atEnd, After(ups, 11).IsOutputOn);
        Assert.Equal(later, After(ups, 3600).IsOutputOn);
    }

    [Fact]
    public void ShutdownReturn_MainsGoesAgainBeforeTheStart_WaitsAnew()
    {
        var off = After(Run(Usual.Apply(MainsOff), "shutdown.return", 0), 1);
        var flicker = After(off.Apply(MainsOn), 20).Apply(MainsOff);

        Assert.False(After(flicker, 60).IsOutputOn);
        Assert.False(After(After(flicker, 60).Apply(MainsOn), 29).IsOutputOn);
        Assert.True(After(After(flicker, 60).Apply(MainsOn), 31).IsOutputOn);
    }

    [Fact]
    public void Start_ChargeTooSmall_WaitsForIt()
    {
        var off = Usual with { Charge = 0, IsOutputOn = false, AwaitsMains = true, ReturnChargePercent = 15 };

        var soon = After(off, 300);
        Assert.False(soon.IsOutputOn);
        var later = After(off, 3600);
        Assert.True(later.IsOutputOn);
        Assert.True(later.ChargePercent > 15);
    }

    [Fact]
    public void ShutdownStop_InTheCountdown_StaysOn()
    {
        var ups = Run(After(Run(Usual, "load.off.delay", 20), 10), "shutdown.stop", null);

        Assert.True(After(ups, 60).IsOutputOn);
    }

    [Fact]
    public void StayOff_MainsBack_StaysOff()
    {
        var ups = After(Run(Usual.Apply(MainsOff), "shutdown.stayoff", 5), 10).Apply(MainsOn);

        Assert.False(After(ups, 3600).IsOutputOn);
        Assert.True(Run(ups, "load.on", null).IsOutputOn);
    }

    [Fact]
    public void QuickTest_OnMains_RunsOnBatteryAndPasses()
    {
        var testing = Run(Usual, "test.battery.start.quick", null);
        Assert.Equal(UpsStatus.OB | UpsStatus.DISCHRG | UpsStatus.TEST, testing.Status);
        Assert.Equal(230, testing.InputVoltage);

        var done = After(testing, 11);
        Assert.Equal(SimulatedTestResult.Passed, done.LastTest);
        Assert.False(done.IsOnBattery);
        Assert.True(done.Charge < 1);
    }

    [Fact]
    public void QuickTest_WornBattery_FailsAndAsksForANewOne()
    {
        var done = After(Run(Usual with { BatteryHealth = 0.4 }, "test.battery.start.quick", null), 11);

        Assert.Equal(SimulatedTestResult.Failed, done.LastTest);
        Assert.True(done.Status.HasFlag(UpsStatus.RB));
    }

    [Fact]
    public void Calibration_MainsLost_IsAborted()
    {
        var calibrating = After(Run(Usual, "calibrate.start", null), 60);
        Assert.True(calibrating.Status.HasFlag(UpsStatus.CAL));

        var cut = calibrating.Apply(MainsOff);
        Assert.Equal(SimulatedTestResult.Aborted, cut.LastTest);
        Assert.Equal(UpsStatus.OB | UpsStatus.DISCHRG, cut.Status);
    }

    [Fact]
    public void DeepTest_LeftAlone_EndsAtTheLowThreshold()
    {
        var done = After(Run(Usual, "test.battery.start.deep", null), 3600);

        Assert.Equal(SimulatedTestResult.Passed, done.LastTest);
        Assert.True(done.IsOutputOn);
    }

    [Fact]
    public void Test_OnBattery_IsRefused() =>
        Assert.Null(Usual.Apply(MainsOff).Execute("test.battery.start.quick", null));

    [Fact]
    public void Script_Flicker_EndsOnMains()
    {
        var (ups, run) = Play("flicker", 29);
        Assert.True(ups.IsOnBattery);
        (ups, run) = run.Advance(ups, TimeSpan.FromSeconds(2));
        Assert.False(ups.IsOnBattery);
        Assert.True(run.IsDone);
    }

    [Fact]
    public void Script_UntilLow_WaitsForTheBattery()
    {
        var (ups, run) = Play("untilLow", 10);
        while (!ups.IsLow)
            (ups, run) = run.Advance(ups, TimeSpan.FromSeconds(1));
        Assert.False(ups.IsMainsGood);
        (ups, run) = run.Advance(ups, TimeSpan.FromSeconds(31));
        Assert.True(ups.IsMainsGood);
        Assert.True(run.IsDone);
    }

    [Fact]
    public void Script_BackMidShutdown_MainsIsBackBeforeTheCut()
    {
        var (ups, run) = Play("backMidShutdown", 60);
        (ups, run) = run.Advance(Run(ups, "shutdown.return", 20), TimeSpan.FromSeconds(6));

        Assert.True(ups.IsMainsGood);
        Assert.True(ups.IsOutputOn);
        Assert.NotNull(ups.Cut);
        Assert.True(run.IsDone);
    }

    [Fact]
    public void Scenarios_All_AreValidAndEndWhereTheUpsIsTold()
    {
        foreach (var scenario in SimulatedScenarios.All)
        {
            Assert.Empty(scenario.Script.Problems());
            var (ups, run) = (Usual with { BatteryPace = 10 }, SimulatedRun.Begin(scenario.Script));
            (ups, run) = run.Advance(ups, TimeSpan.FromHours(1));
            if (scenario.Id == "backMidShutdown")
                Assert.False(run.IsDone);
            else
                Assert.True(run.IsDone && ups.IsMainsGood && ups.Link == SimulatedLink.Ok, scenario.Id);
        }
    }

    [Fact]
    public void Script_OutOfBounds_SaysWhichField()
    {
        var script = new SimulatedScript(
            "bad",
            [
                new SimulatedStep { AfterSeconds = double.NaN },
                new SimulatedStep { Command = "explode" },
                new SimulatedStep { Change = new SimulatedChange { LoadWatts = -1 } },
            ]
        );

        Assert.Equal(
            ["steps[0].afterSeconds", "steps[1].command", "steps[2].change.loadWatts"],
            script.Problems().Select(p => p.Field)
        );
    }

    private static (SimulatedUps, SimulatedRun) Play(string scenario, double seconds)
    {
        var run = SimulatedRun.Begin(SimulatedScenarios.Find(scenario)!.Script);
        return run.Advance(Usual, TimeSpan.FromSeconds(seconds));
    }

    private static SimulatedUps After(SimulatedUps ups, double seconds) => ups.Advance(TimeSpan.FromSeconds(seconds));

    private static SimulatedUps Run(SimulatedUps ups, string command, double? seconds)
    {
        var after = ups.Execute(command, seconds);
        Assert.NotNull(after);
        return after;
    }
}
