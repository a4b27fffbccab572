using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY E3, D1: when mains is back, what must hold before anything starts.</summary>
public sealed class GateTests
{
    private static World Off(StartupDefinition startup, int upses = 1)
    {
        var world = Worlds.OneHost(upses: upses, change: p => p with { Startup = startup, Phases = [p.Phases[0]] });
        foreach (var ups in world.Upses.Values)
            (ups.Load, ups.Status) = (40, "OL");
        world.Run(2);
        foreach (var ups in world.Upses.Values)
            ups.Status = "OB";
        world.Run(30);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        return world;
    }

    private static bool Starts(World world) => world.Asked(StepAction.Start).Count > 0;

    [Theory]
    [InlineData(4000, false)] // 4000 s at 5 % load are 500 s at the 40 % before the outage
    [InlineData(5000, true)]
    public void Runtime_IsRescaledToTheLoadBeforeTheOutage(double runtime, bool starts)
    {
        var world = Off(
            new()
            {
                StableMainsSeconds = 20,
                MinChargePercent = null,
                MinRuntimeSeconds = 600,
            }
        );
        (world.Upses[1].Status, world.Upses[1].Load, world.Upses[1].Runtime) = ("OL CHRG", 5, runtime);
        world.Run(60);
        Assert.Equal(starts, Starts(world));
    }

    [Theory]
    [InlineData(29, 60, false)]
    [InlineData(31, 60, true)]
    [InlineData(null, 60, false)] // unknown: unknownChargeWaitSeconds
    [InlineData(null, 110, true)]
    public void Charge_IsMeasuredOrWaitedFor(int? charge, double seconds, bool starts)
    {
        var world = Off(
            new()
            {
                StableMainsSeconds = 20,
                MinChargePercent = 30,
                UnknownChargeWaitSeconds = 100,
            }
        );
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL CHRG", charge);
        world.Run(seconds);
        Assert.Equal(starts, Starts(world));
    }

    [Fact]
    public void OneOfTwoBack_AtMinSuppliesOne_IsEnough()
    {
        var world = Off(new() { StableMainsSeconds = 20, MinChargePercent = null }, upses: 2);
        world.Upses[2].Status = "OL";
        world.Run(40);
        Assert.True(Starts(world));
    }

    [Fact]
    public void FlickerWhileWaiting_StableMainsBeginsAnew()
    {
        var world = Off(new() { StableMainsSeconds = 30, MinChargePercent = null });
        world.Upses[1].Status = "OL";
        world.Run(25);
        world.Upses[1].Status = "OB";
        world.Run(1);
        world.Upses[1].Status = "OL";
        world.Run(25);
        Assert.False(Starts(world));
        world.Run(10);
        Assert.True(Starts(world));
    }

    [Fact]
    public void ThirdOutageInTenMinutes_StableMainsDoubles()
    {
        var world = Off(new() { StableMainsSeconds = 40, MinChargePercent = null });
        for (var i = 0; i < 2; i++)
        {
            world.Upses[1].Status = "OL";
            world.Run(20);
            world.Upses[1].Status = "OB";
            world.Run(10);
        }
        world.Upses[1].Status = "OL";
        world.Run(70);
        Assert.False(Starts(world)); // D1: 80 s now
        world.Run(20);
        Assert.True(Starts(world));
    }

    [Fact]
    public void FirstBatteryReadingDuringStartup_PausesNewStarts()
    {
        var world = Off(new() { StableMainsSeconds = 20, MinChargePercent = null });
        var host = world.Model.Hosts[1];
        world.Model = world.Model with { Hosts = world.Model.Hosts.SetItem(1, host with { MaxParallelGuests = 1 }) };
        world.Upses[1].Status = "OL";
        while (!Starts(world))
            world.Run(0.1);
        world.Upses[1].Status = "OB";
        world.Run(2);
        Assert.Single(world.Asked(StepAction.Start)); // E5
        world.Upses[1].Status = "OL";
        world.Run(30);
        Assert.Equal(2, world.Asked(StepAction.Start).Count);
    }

    [Fact]
    public void Reserve_NotEnoughForBootAndNextShutdown_Waits()
    {
        var world = Off(new() { StableMainsSeconds = 20, MinChargePercent = 10 });
        // Start 2 x 40 s at once, then 50 s to go down again, and the margin of 60.
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL CHRG", 20, 140);
        world.Run(60);
        Assert.False(Starts(world)); // E3
        var gate = Assert.Single(StartupGates.Of(world.Model, world.State, world.Moment));
        Assert.Equal("lab", gate.Phase);
        Assert.False(gate.Passes);
        Assert.Contains("next shutdown", gate.WaitsFor?.ToString(), StringComparison.Ordinal);
        world.Upses[1].Runtime = 160;
        world.Run(10);
        Assert.True(Starts(world));
    }

    [Fact]
    public void Reserve_WornBattery_IsAskedForHalf()
    {
        var world = Off(new() { StableMainsSeconds = 20 });
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL CHRG", 45, 30);
        world.Run(40);
        Assert.False(Starts(world));
        (world.Upses[1].Charge, world.Upses[1].Runtime) = (55, 35); // not even full would it be enough
        world.Run(5);
        Assert.True(Starts(world));
    }

    [Fact]
    public void Reserve_Off_DoesNotAsk()
    {
        var world = Off(
            new()
            {
                StableMainsSeconds = 20,
                MinChargePercent = 10,
                Reserve = false,
            }
        );
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL CHRG", 20, 60);
        world.Run(40);
        Assert.True(Starts(world));
    }

    [Fact]
    public void SecondStage_AsksForItsOwnCharge_AndIsToldWhenItWaitsForLong()
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases =
                [
                    p.Phases[0] with
                    {
                        Id = "users",
                        MinChargePercent = 80,
                        Steps = [p.Phases[0].Steps[0]],
                    },
                    p.Phases[0] with
                    {
                        Steps = [p.Phases[0].Steps[1]],
                    },
                ],
                Startup = new()
                {
                    StableMainsSeconds = 20,
                    MinChargePercent = 20,
                    MaxWaitSeconds = 100,
                },
            }
        );
        world.Upses[1].Status = "OB";
        world.Run(40);
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL CHRG", 40);
        world.Run(60);
        Assert.Equal(["db"], world.Asked(StepAction.Start)); // stage by stage
        Assert.Equal(RunKind.Startup, world.State.Run?.Kind);
        Assert.DoesNotContain(world.Notices, n => n.Type == "plan.startupWaits");
        world.Run(110);
        Assert.Single(world.Notices, n => n.Type == "plan.startupWaits"); // E3: notify and ask
        Assert.Contains(
            "80 % charge",
            Assert.Single(StartupGates.Of(world.Model, world.State, world.Moment)).WaitsFor?.ToString(),
            StringComparison.Ordinal
        );
        world.Upses[1].Charge = 85;
        world.Run(20);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void OneOfTwoBack_IsToldToBeWithoutRedundancy()
    {
        var world = Off(new() { StableMainsSeconds = 20, MinChargePercent = null }, upses: 2);
        world.Upses[2].Status = "OL";
        world.Run(40);
        Assert.Single(world.Notices, n => n.Type == "plan.startsWithoutRedundancy"); // E3
    }

    [Fact]
    public void SecondOutage_WithLowCharge_NothingIsBootedIntoIt()
    {
        var world = Off(new() { StableMainsSeconds = 20, MinChargePercent = 30 });
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL CHRG", 8, 100);
        world.Run(120);
        Assert.False(Starts(world));
        world.Upses[1].Status = "OB LB";
        world.Run(60);
        Assert.False(Starts(world));
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL CHRG", 60, 900);
        world.Run(60);
        Assert.Equal(2, world.Asked(StepAction.Start).Count); // I12
    }
}
