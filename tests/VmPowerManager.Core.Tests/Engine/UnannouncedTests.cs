using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY E6: power that went without a word is noticed afterwards, and the armed plan's startup applies.</summary>
public sealed class UnannouncedTests
{
    private static World Two(bool armed = true)
    {
        var plan = Plan(Phase("a", G(1), G(2)), Phase("b", H(1)));
        var world = Graphs.World(
            plan,
            [Vm(1, "web"), Vm(2, "spare").Set(PowerState.Off)],
            h => h with { WakeMethods = ["wol"] }
        );
        world.Model = world.Model with { Armed = armed };
        return world;
    }

    private static World PowerLost(World world)
    {
        world.Hosts[1].Dead = true;
        foreach (var guest in world.Guests.Values)
            guest.Set(PowerState.Off);
        return world;
    }

    private static bool Told(World world) => world.Notices.Exists(n => n.Type == "outage.noWarning");

    [Fact]
    public void NewBoot_WhatRanIsStarted_AndNothingElse()
    {
        var world = PowerLost(Two()).Restart(newBoot: true, awaySeconds: 600);
        world.Hosts[1].PowerOn();
        world.Run(120);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // E6, I5
        Assert.True(Told(world));
        Assert.Null(world.State.Cycle);
        Assert.Contains(
            "Power was lost without warning",
            world.Notices.First(n => n.Type == "outage.noWarning").Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void NewBoot_HostIsStillOff_IsWoken()
    {
        var world = PowerLost(Two()).Restart(newBoot: true, awaySeconds: 600).Run(150);
        Assert.Equal(["kvm1"], world.Asked(StepAction.Wake));
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void NewBoot_EverythingRuns_NothingIsSaid()
    {
        var world = Two().Restart(newBoot: true).Run(150);
        Assert.False(Told(world)); // Only the manager's own machine was started anew.
        Assert.Null(world.State.Cycle);
        Assert.Empty(world.Effects);
    }

    [Fact]
    public void NewBoot_Disarmed_IsToldAndNothingStarts()
    {
        var world = PowerLost(Two(armed: false)).Restart(newBoot: true);
        world.Hosts[1].PowerOn();
        world.Run(150);
        Assert.True(Told(world));
        Assert.Empty(world.Effects); // F1
    }

    [Fact]
    public void NewBoot_APersonHadStoppedIt_StaysOff()
    {
        var world = Two();
        world.Guests["web"].Set(PowerState.Off);
        world.Tell(new PersonActed(world.Model.Guests.Values.First(g => g.Name == "web").Key, Stopped: true));
        world.Restart(newBoot: true).Run(150);
        Assert.Empty(world.Effects); // E2
    }

    [Fact]
    public void SameBoot_AcrossARestart_IsNoOutage()
    {
        var world = Two();
        world.Guests["web"].Set(PowerState.Off);
        world.Restart().Run(150);
        Assert.Empty(world.Effects);
    }

    [Fact]
    public void AllHostsOfAUpsSilentAndBack_WhatRanIsStarted()
    {
        var world = PowerLost(Two()).Run(130);
        Assert.Empty(world.Effects); // Silence alone: the network may be gone.
        world.Hosts[1].PowerOn();
        world.Run(130);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // E6
        Assert.True(Told(world));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void SilentAndBack_GuestsRun_NothingIsSaid()
    {
        var world = Two();
        world.Hosts[1].Dead = true;
        world.Run(130);
        world.Hosts[1].PowerOn();
        world.Run(130);
        Assert.False(Told(world));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void SecondLossWithoutWarning_IsHandledLikeTheFirst()
    {
        var world = Two();
        for (var i = 0; i < 2; i++)
        {
            PowerLost(world).Run(130);
            world.Hosts[1].PowerOn();
            world.Run(130);
        }
        Assert.Equal(2, world.Notices.Count(n => n.Type == "outage.noWarning")); // I12
        Assert.Equal(2, world.Effects.Count(e => e.Effect.Action == StepAction.Start));
    }
}
