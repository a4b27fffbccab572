using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>A UPS whose server runs on a managed target (A10).</summary>
public sealed class ServedTests
{
    private static World TwoHosts(UpsServer? server)
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases =
                [
                    p.Phases[0],
                    p.Phases[1] with
                    {
                        Steps =
                        [
                            .. new[] { 1, 2 }.Select(id => new StepDefinition
                            {
                                Target = new() { HostId = id },
                                TimeoutSeconds = 120,
                            }),
                        ],
                    },
                ],
            }
        );
        world.Hosts[2] = new SimHost { Realm = "other" };
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(
                2,
                new HostModel
                {
                    Id = 2,
                    Name = "nas",
                    HasWitness = true,
                    Supplies = [new Supply(1, 1)],
                }
            ),
            Servers = server is null ? world.Model.Servers : world.Model.Servers.SetItem(1, server),
        };
        return world.Run(1);
    }

    private static World Low(World world, double seconds)
    {
        (world.Upses[1].Status, world.Upses[1].Runtime, world.Upses[1].Charge) = ("OB LB", 600, 40);
        return world.Run(seconds);
    }

    [Theory]
    [InlineData(1, new[] { "nas", "kvm1" })]
    [InlineData(2, new[] { "kvm1", "nas" })]
    public void WhatServesAUps_StopsAfterTheOthers(int serving, string[] order)
    {
        var world = Low(TwoHosts(new UpsServer(serving)), 240);
        var told = world.Effects.Where(e => e.Effect.Kind == EffectKind.HostShutdown).Select(e => e.Effect.TargetName);
        Assert.Equal(order, told);
    }

    [Fact]
    public void ServingGuest_StopsAfterTheOtherGuestsAndHosts_ItsHostAfterIt()
    {
        var world = TwoHosts(new UpsServer(1, GuestModel.KeyOf("realm", "uuid-1")));
        Low(world, 240);
        var asked = world
            .Effects.Where(e => e.Effect.Action == StepAction.Shutdown)
            .Select(e => e.Effect.TargetName)
            .Distinct();
        Assert.Equal(["db", "nas", "web", "kvm1"], asked);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void GuestThatHostsAreSpokenToThrough_StopsAfterTheOthers_AndStartsBeforeThem()
    {
        var world = TwoHosts(null);
        var key = GuestModel.KeyOf("realm", "uuid-1");
        world.Model = world.Model with
        {
            Controllers = world.Model.Controllers.SetItem(key, 1),
            Hosts = world.Model.Hosts.ToImmutableSortedDictionary(
                h => h.Key,
                h => h.Value with { WakeMethods = ["wol"] }
            ),
        };
        Low(world, 240);
        Assert.Equal(["db", "nas", "web", "kvm1"], Asked(StepAction.Shutdown)); // C6
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL", 100);
        world.Run(1200);
        Assert.Equal(["kvm1", "web", "nas", "db"], Asked(StepAction.Wake, StepAction.Start)); // E4: mirrored

        IEnumerable<string> Asked(params StepAction[] actions) =>
            world.Effects.Where(e => actions.Contains(e.Effect.Action)).Select(e => e.Effect.TargetName).Distinct();
    }

    [Fact]
    public void ItsSilenceAfterOurShutdown_IsNotCritical_RuntimeGoesOn_TheRunFinishesDown()
    {
        var world = TwoHosts(new UpsServer(2));
        world.Upses[1].Status = "OB";
        world.Run(2);
        Low(world, 1);
        while (world.Hosts[2].ToldAt is null)
            world.Run(0.5);
        world.Upses[1].Status = "OB";
        world.Run(2);
        world.Upses[1].Reachable = false;
        world.Run(40);
        var ups = world.State.Upses[1];
        Assert.True(ups.LossExpected);
        Assert.Null(ups.CriticalBecause(world.Moment.Elapsed));
        Assert.InRange(ups.RuntimeSeconds(world.Moment.Elapsed) ?? 0, 550, 562);
        world.Run(60);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void ItsSilenceBeforeWeStopIt_IsCritical()
    {
        var world = TwoHosts(new UpsServer(2));
        world.Upses[1].Status = "OB";
        world.Run(5);
        world.Upses[1].Reachable = false;
        world.Run(25);
        var critical = world.State.Upses[1].CriticalBecause(world.Moment.Elapsed);
        Assert.Contains("silent", critical?.ToString(), StringComparison.Ordinal);
    }
}
