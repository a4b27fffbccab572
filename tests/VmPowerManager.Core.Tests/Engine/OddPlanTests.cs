using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Plans in odd orders end all the same, and break no rule (C6, I2, I6).</summary>
public sealed class OddPlanTests
{
    private static StepDefinition Of(int? guest = null, int? host = null) =>
        new()
        {
            Target = new() { GuestId = guest, HostId = host },
            TimeoutSeconds = host is null ? 20 : 120,
            OnTimeout = host is null ? OnTimeout.ForceOff : OnTimeout.GiveUp,
        };

    private static PhaseDefinition Phase(string id, bool parallel, params StepDefinition[] steps) =>
        new()
        {
            Id = id,
            Name = id,
            Parallel = parallel,
            Trigger = new() { OnBatteryForSeconds = 5 },
            Steps = [.. steps],
        };

    /// <summary>web on kvm1, db on kvm2.</summary>
    private static World TwoHosts(HostRank second, params PhaseDefinition[] phases)
    {
        var db = new SimGuest
        {
            Id = 2,
            Name = "db",
            HostId = 2,
        };
        var world = Worlds.OneHost([Worlds.Guest(1, "web")], change: p => p with { Phases = [.. phases] });
        world.Guests["db"] = db;
        world.Hosts[2] = new SimHost { Realm = "realm2" };
        var model = world.Model;
        world.Model = model with
        {
            Hosts = model.Hosts.Add(
                2,
                model.Hosts[1] with
                {
                    Id = 2,
                    Name = "kvm2",
                    Rank = second,
                    Supplies = [new Supply(2, 1)],
                    MinSupplies = 1,
                }
            ),
            Upses = model.Upses.Add(2, new UpsPolicy { UpsId = 2, Name = "ups2" }),
            Guests = model.Guests.Add(
                GuestModel.KeyOf("realm2", db.ExternalId),
                new GuestModel
                {
                    Realm = "realm2",
                    ExternalId = db.ExternalId,
                    Id = 2,
                    Name = "db",
                    HostId = 2,
                }
            ),
        };
        world.Upses[2] = new SimUps();
        return world.Run(2);
    }

    private static World Fail(World world, double seconds)
    {
        world.Upses[1].Status = "OB";
        world.Upses[2].Status = "OB";
        return world.Run(seconds);
    }

    public static TheoryData<HostRank, ImmutableArray<PhaseDefinition>> Plans() =>
        new()
        {
            // Each host waits for a guest that stands after the other host.
            { HostRank.Ordinary, [Phase("a", true, Of(host: 1), Of(host: 2)), Phase("b", true, Of(1), Of(2))] },
            { HostRank.Ordinary, [Phase("a", false, Of(host: 1), Of(host: 2), Of(1), Of(2))] },
            {
                HostRank.Ordinary,
                [Phase("a", true, Of(host: 1)), Phase("b", false, Of(2), Of(host: 2)), Phase("c", true, Of(1))]
            },
            // Storage, network and the manager first, one by one: they wait, and keep nobody waiting.
            { HostRank.Storage, [Phase("a", false, Of(host: 2), Of(1), Of(host: 1))] },
            { HostRank.Network, [Phase("a", false, Of(host: 2), Of(2), Of(1), Of(host: 1))] },
            { HostRank.Manager, [Phase("a", true, Of(host: 2)), Phase("b", false, Of(host: 1), Of(1))] },
        };

    [Theory]
    [MemberData(nameof(Plans))]
    public void OddOrder_EndsDownAndUpAgain(HostRank second, ImmutableArray<PhaseDefinition> phases)
    {
        var world = Fail(TwoHosts(second, [.. phases]), 260);

        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        var told = world.Effects.Where(e => e.Effect.Kind == EffectKind.HostShutdown).Select(e => e.Effect.HostId);
        if (second != HostRank.Ordinary)
            Assert.Equal([1, 2], told); // I8, C6: World checks I2 at each
        (world.Upses[1].Status, world.Upses[2].Status) = ("OL", "OL");
        world.Run(40);
        world.Hosts[1].PowerOn();
        world.Hosts[2].PowerOn();
        world.Run(60);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Storage_FailsAlone_TakesItsUsersAlong_AndStartsFirst()
    {
        var world = TwoHosts(HostRank.Storage, Phase("a", true, Of(host: 2)), Phase("b", true, Of(1)));
        world.Upses[2].Status = "OB";
        world.Run(120);
        Assert.Equal(["web", "db", "kvm2"], world.Asked(StepAction.Shutdown)); // B1, C6: db was uncovered
        world.Upses[2].Status = "OL";
        world.Run(45);
        Assert.Empty(world.Asked(StepAction.Start)); // E4: its storage is not up yet, whatever the phases say
        world.Hosts[2].PowerOn();
        world.Run(30);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void OtherSupplySilent_RunEndsWhenItsOwnTargetsAreBack()
    {
        var world = TwoHosts(HostRank.Ordinary, Phase("a", true, Of(1), Of(2)));
        world.Upses[2].Reachable = false;
        world.Run(30);
        world.Upses[1].Status = "OB";
        world.Run(15);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown)); // I7: kvm2 hangs on the silent one alone
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // D1
        Assert.Null(world.State.Run);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void PlanOfAGuestThatIsGone_BeginsNothing()
    {
        var world = Worlds.OneHost([], change: p => p with { Phases = [Phase("a", true, Of(7))] });
        world.Upses[1].Status = "OB LB";
        world.Run(60);
        Assert.Empty(world.Ended);
    }

    [Fact]
    public void GuestVanished_WhileItsHostAnswers_CountsAsOff()
    {
        var world = Worlds.OneHost();
        world.Guests.Remove("db");
        world.Upses[1].Status = "OB LB";
        world.Run(150);
        Assert.DoesNotContain("db", world.Asked(StepAction.Shutdown)); // C5: it runs nowhere in its realm
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void Command_RunsOncePerOutage_AndMarksNoHostAsStopped()
    {
        var command = new StepDefinition
        {
            Target = new() { HostId = 1 },
            Action = StepAction.Command,
            Command = "sync",
        };
        var world = Worlds.OneHost([], change: p => p with { Phases = [Phase("a", true, command), p.Phases[1]] });
        world.Upses[1].Status = "OB";
        world.Run(12).Tell(new CancelRequested(CancelMode.Hold, "anna")).Run(5);
        Assert.Equal(RunStatus.Held, Assert.Single(world.Ended).Status);
        world.Upses[1].Status = "OB LB";
        world.Run(150);
        Assert.Contains("kvm1", world.Asked(StepAction.Shutdown)); // F4: critical
        Assert.Equal(2, world.Ended.Count);
    }

    [Fact]
    public void EffectsWithoutAnEnd_AreGivenUp()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web")]);
        world.Latency = () => TimeSpan.FromDays(1);
        world.Upses[1].Status = "OB LB";
        world.Run(400);
        Assert.Equal(RunStatus.Failed, Assert.Single(world.Ended).Status); // I6
        Assert.Equal(StepStatus.Failed, world.Step("web").Status);
        Assert.Equal(StepStatus.Failed, world.Step("kvm1").Status);
    }

    [Fact]
    public void EditDuringARun_ChangesTheNextRunOnly()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(11);
        world.Model = world.Model with
        {
            Definition = world.Model.Definition with { Phases = [world.Model.Definition.Phases[0]] },
            Hosts = world.Model.Hosts.Clear(),
        };
        world.Upses[1].Status = "OB LB";
        world.Tell(new ModelChanged()).Run(100);
        Assert.Contains("kvm1", world.Asked(StepAction.Shutdown)); // I14, F3
    }
}
