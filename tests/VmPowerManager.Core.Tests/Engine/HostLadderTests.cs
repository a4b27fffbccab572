using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Ladders of hosts, and what is never forced (C3, C8).</summary>
public sealed class HostLadderTests
{
    private static World WithBmc(SimHost host, string? wake = "ipmi", int rung = 30, int upses = 1)
    {
        var world = Worlds.OneHost(
            upses: upses,
            host: host,
            change: p =>
                p with
                {
                    Phases =
                    [
                        p.Phases[0],
                        p.Phases[1] with
                        {
                            Steps =
                            [
                                new()
                                {
                                    Target = new() { HostId = 1 },
                                    Ladder =
                                    [
                                        new() { Action = StepAction.Shutdown, TimeoutSeconds = rung },
                                        new() { Action = StepAction.BmcOff, TimeoutSeconds = 20 },
                                    ],
                                },
                            ],
                        },
                    ],
                }
        );
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(
                1,
                world.Model.Hosts[1] with
                {
                    WakeMethods = wake is null ? [] : [wake],
                }
            ),
        };
        foreach (var ups in world.Upses.Values)
            (ups.Status, ups.Runtime, ups.Charge) = ("OB LB", 60, 10);
        return world;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void KilledWhileTheHostStays_ItsBmcTakesThePower_AsItWouldHave(int upses) // I3
    {
        for (var after = 1; after <= 60; after++)
        {
            var stays = new SimHost { StopSeconds = null, BmcRefuses = null };
            var world = WithBmc(stays, upses: upses);
            while (world.Effects.All(e => e.Effect.Kind != EffectKind.HostShutdown))
                world.Run(1);
            world.Run(after).Restart().Run(200);
            var host = world.Ended[0].Steps.Single(s => s.Target.Name == "kvm1");
            Assert.Equal(
                (after, "its BMC reports it off"),
                (after, (string?)host.Evidence ?? $"{host.Status}: {host.Detail}")
            );
        }
    }

    [Fact]
    public void KeyChangedInTheRun_ItsBmcIsTheSecondPath_AtOnce()
    {
        var world = WithBmc(new SimHost { KeyChanged = true, BmcRefuses = null }).Run(300);
        Assert.Equal("its BMC reports it off", (string?)world.Step("kvm1").Evidence); // F8
        var told = Assert.Single(world.Effects, e => e.Effect.Kind == EffectKind.HostShutdown).At;
        var taken = world.Effects.First(e => e.Effect.Kind == EffectKind.BmcOff).At;
        Assert.InRange((taken - told).TotalSeconds, 0, 2);
        Assert.Contains(
            world.Notices,
            n => n.Message.StartsWith("kvm1 is not who its pinned key says", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)] // refuses to be told
    [InlineData(false)] // accepts, and stays
    public void HostStays_ItsBmcTakesThePower_AndThatIsProof(bool refuses)
    {
        var world = WithBmc(
                new SimHost
                {
                    Refuses = refuses,
                    StopSeconds = null,
                    BmcRefuses = null,
                }
            )
            .Run(120);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.Equal("its BMC reports it off", (string?)world.Step("kvm1").Evidence); // C4
        Assert.NotNull(world.State.Hosts[1].ProvedOffAt);
        Assert.Single(world.Effects, e => e.Effect.Kind == EffectKind.BmcOff);
        var told = world.Effects.First(e => e.Effect.Kind == EffectKind.HostShutdown).At;
        var taken = world.Effects.First(e => e.Effect.Kind == EffectKind.BmcOff).At;
        Assert.InRange((taken - told).TotalSeconds, 30, 32);
    }

    [Fact]
    public void Silent_AndItsBmcSaysOff_IsProof_WithoutAWitness()
    {
        var world = WithBmc(
                new SimHost
                {
                    StopSeconds = 5,
                    Witness = null,
                    BmcTells = true,
                }
            )
            .Run(40);
        var step = world.Step("kvm1");
        Assert.Equal("its BMC reports it off", (string?)step.Evidence); // C4
        Assert.Equal(1, step.Rung + 1);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Kind == EffectKind.BmcOff);
    }

    [Fact]
    public void SilentWithPower_IsNotOff_HoweverLong_AndItsPowerIsTaken()
    {
        var world = WithBmc(
                new SimHost
                {
                    StopSeconds = 5,
                    Witness = true,
                    BmcTells = true,
                    HangsAtTheEnd = true,
                    BmcRefuses = null,
                }
            )
            .Run(120);
        var told = world.Effects.First(e => e.Effect.Kind == EffectKind.HostShutdown).At;
        var taken = world.Effects.Single(e => e.Effect.Kind == EffectKind.BmcOff).At;
        Assert.InRange((taken - told).TotalSeconds, 30, 32);
        Assert.Equal("its BMC reports it off", (string?)world.Step("kvm1").Evidence);
    }

    [Fact]
    public void SilentWithPower_ItsBmcAnswersNowAndThen_IsNotOff_HoweverLongTheWitnessAnswers()
    {
        var world = WithBmc(
                new SimHost
                {
                    StopSeconds = 5,
                    Witness = true,
                    BmcTells = true,
                    BmcFlickers = true,
                    HangsAtTheEnd = true,
                },
                rung: 200
            )
            .Run(190);
        Assert.Equal(StepStatus.Running, world.Step("kvm1").Status); // C4
        Assert.Null(world.State.Hosts[1].ProvedOffAt);
        world.Run(60);
        Assert.Equal(StepStatus.Unknown, world.Step("kvm1").Status);
        Assert.Null(world.State.Hosts[1].ProvedOffAt);
    }

    [Fact]
    public void BmcTookThePowerOfAnotherMachine_TheHostThatAnswersIsNotOff()
    {
        var world = WithBmc(
                new SimHost
                {
                    StopSeconds = null,
                    BmcRefuses = null,
                    BmcIsAnothers = true,
                }
            )
            .Run(120);
        var step = world.Step("kvm1");
        Assert.Equal(StepStatus.Failed, step.Status);
        Assert.Contains("but it answers", (string?)step.Detail, StringComparison.Ordinal); // C4
        Assert.Null(world.State.Hosts[1].ProvedOffAt);
    }

    [Fact]
    public void BmcRefuses_FailsInItsWords()
    {
        var world = WithBmc(new SimHost { Refuses = true }).Run(120);
        var step = world.Step("kvm1");
        Assert.Equal(StepStatus.Failed, step.Status);
        Assert.Contains("no BMC", (string?)step.Detail, StringComparison.Ordinal); // I11
    }

    [Fact]
    public void MainsBackBeforeItsBmcIsAsked_ThePowerIsNotTaken()
    {
        var world = WithBmc(new SimHost { StopSeconds = null, BmcRefuses = null }).Run(25);
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Kind == EffectKind.BmcOff); // D2
    }

    [Fact]
    public void NeverForce_LeavesTheHungGuest_AndTheHostIsToldAllTheSame()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(2, "db", null)],
            change: p =>
                p with
                {
                    Phases =
                    [
                        p.Phases[0] with
                        {
                            Steps = [.. p.Phases[0].Steps.Select(s => s with { NeverForce = true })],
                        },
                        p.Phases[1],
                    ],
                }
        );
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(130);
        Assert.Empty(world.Asked(StepAction.ForceOff));
        Assert.Equal(StepStatus.Failed, world.Step("db").Status);
        Assert.Equal(StepStatus.Done, world.Step("web").Status);
    }
}
