using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Who may order a cut, of which outputs, and what becomes of an order when mains comes back (C9, D2).</summary>
public sealed partial class CutTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void ManualRun_CutsOnlyWhereItWasAllowed(bool allowed, int cuts)
    {
        var world = OneHost();
        world.Model = world.Model with { Armed = false };
        world.Upses[1].Status = "OB";
        world.Run(5).Tell(new RunRequested(RunKind.Shutdown, "anna") { AllowCut = allowed }).Run(180);
        Assert.Equal(cuts, Orders(world).Count); // F5
        Assert.Equal(allowed ? StepStatus.Done : StepStatus.Skipped, CutStep(world).Status);
    }

    [Fact]
    public void ManualRunOnMains_IsNotCut_ForItWouldStartWhatIsOff()
    {
        var world = OneHost();
        world.Tell(new RunRequested(RunKind.Shutdown, "anna") { AllowCut = true }).Run(180);
        Assert.Empty(Orders(world));
        Assert.Equal(StepStatus.Skipped, CutStep(world).Status);
        Assert.Contains("It is on mains", (string?)CutStep(world).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceWithoutCut_FailsInItsWords()
    {
        var world = OneHost();
        world.Upses[1].LongestCutDelay = null;
        Low(world, 240);
        Assert.Empty(Orders(world));
        Assert.Contains("no cut that returns", (string?)CutStep(world).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedOrder_IsGivenAgain()
    {
        var world = OneHost();
        world.Upses[1].CutRefusals = 1;
        Low(world, 150);
        Assert.Equal(2, Orders(world).Count);
        Assert.Equal(StepStatus.Done, CutStep(world).Status);
    }

    [Theory]
    [InlineData(new int[0], new[] { 1 }, 0)] // one of two, and nothing wakes the host: none (C9)
    [InlineData(new int[0], new[] { 1, 2 }, 2)]
    [InlineData(new[] { 1 }, new[] { 1 }, 1)] // it can be woken
    public void DualFedHost_AllItsUpsesOrNone(int[] wake, int[] cuts, int orders)
    {
        var world = OneHost(Phase(cuts), upses: 2);
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(
                1,
                world.Model.Hosts[1] with
                {
                    WakeMethods = [.. wake.Select(_ => "wol")],
                }
            ),
        };
        Low(world, 240);
        Assert.Equal(orders, Orders(world).Count);
    }

    [Fact]
    public void DualFedHost_OneUpsCannot_NeitherIsCut()
    {
        var world = OneHost(Phase(1, 2), upses: 2);
        world.Upses[2].LongestCutDelay = null;
        Low(world, 300);
        Assert.Empty(Orders(world));
    }

    [Fact]
    public void KilledAtTheOrder_EndsAsItWouldHave()
    {
        foreach (var point in new[] { 0.02, 0.06, 0.3 })
        {
            var world = OneHost();
            Low(world, 30);
            while (Orders(world).Count == 0)
                world.Run(0.1);
            world.Run(point).Restart().Run(40);
            Assert.Equal(StepStatus.Done, CutStep(world).Status); // I3
            Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        }
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_HostsThatCanBeWoken_TheOrderIsTakenBack()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, world.Model.Hosts[1] with { WakeMethods = ["wol"] }),
        };
        Low(world);
        Assert.NotNull(world.Upses[1].CutsAt);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(15);
        Assert.Null(world.Upses[1].CutsAt);
        Assert.Contains(world.Effects, e => e.Effect.Kind == EffectKind.UpsAbortCut);
        world.Hosts[1].PowerOn();
        world.Run(140);
        Assert.Equal(0, world.Upses[1].TimesCut);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_ButAHostRunsAgain_TheOrderIsTakenBackBeforeAnythingStarts()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        Low(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Hosts[1].PowerOn(); // somebody is quick
        world.Run(60).Run(200);
        var aborted = world.Effects.Single(e => e.Effect.Kind == EffectKind.UpsAbortCut).At;
        Assert.True(world.Effects.Where(e => e.Effect.Action == StepAction.Start).All(e => e.At > aborted));
        Assert.Equal(0, world.Upses[1].TimesCut);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void OutputThatDoesNotReturn_IsTold()
    {
        var world = Low(OneHost());
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL OFF", 80);
        world.Run(150);
        Assert.Single(world.Notices, n => n.Type == "ups.notReturned");
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_NobodyWakesThem_ItIsSaidThatItRunsOn()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        Low(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(140);
        Assert.Equal(1, world.Upses[1].TimesCut); // D2: it runs to its end
        Assert.Contains(world.Notices, n => n.Type == "ups.cutRuns");
        world.Hosts[1].PowerOn(); // its firmware, as power returned
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }
}
