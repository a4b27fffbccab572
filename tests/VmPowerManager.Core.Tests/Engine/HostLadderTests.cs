using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Ladders of hosts, and what is never forced (C3, C8).</summary>
public sealed class HostLadderTests
{
    private static World WithBmc(SimHost host, string? wake = "ipmi")
    {
        var world = Worlds.OneHost(
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
                                        new() { Action = StepAction.Shutdown, TimeoutSeconds = 30 },
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
        (world.Upses[1].Status, world.Upses[1].Runtime, world.Upses[1].Charge) = ("OB LB", 60, 10);
        return world;
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
