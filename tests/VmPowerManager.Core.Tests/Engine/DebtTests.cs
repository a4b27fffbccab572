using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What must be undone is owed from before it is done, and paid or shown (C10, I10).</summary>
public sealed class DebtTests
{
    private static readonly StepDefinition Disarm = new()
    {
        Target = new() { HostId = 1 },
        Action = StepAction.Command,
        Command = "disarm",
        Undo = "arm",
    };

    private static World Owing(bool hosts = true, bool armed = true) =>
        Worlds.OneHost(
            change: p =>
            {
                var lab = p.Phases[0] with { Steps = [Disarm, .. p.Phases[0].Steps] };
                return p with { Phases = hosts ? [lab, p.Phases[1]] : [lab] };
            },
            armed: armed
        );

    private static World OnBattery(World world, double seconds)
    {
        world.Upses[1].Status = "OB";
        return world.Run(seconds);
    }

    private static World Mains(World world, double seconds)
    {
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        return world.Run(seconds);
    }

    [Fact]
    public void Command_IsOwedInTheStepThatIssuesIt()
    {
        var world = Owing();
        var made = new List<Decision>();
        world.Checked = (before, _, decision) =>
        {
            if (decision.Effects.Any(e => e.Kind == EffectKind.Command))
                made.Add(decision);
        };
        OnBattery(world, 12);
        var debt = Assert.Single(Assert.Single(made).State.Debts); // C10: recorded before it is made
        Assert.Equal(("command", "arm", DebtStatus.Open), (debt.Kind, debt.Undo, debt.Status));
        Assert.Equal("disarm", debt.What.ToString());
        Assert.Equal(world.State.Run?.Id, world.State.Debts[0].RunId);
        Assert.Contains(world.Notices, n => n.Type == "debt.made");
    }

    [Fact]
    public void FullCycle_IsPaidWhenTheMachinesAreBack()
    {
        var world = Owing();
        (world.Upses[1].Runtime, world.Upses[1].Charge) = (60, 10);
        world.Upses[1].Status = "OB LB";
        world.Run(130);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.Single(world.State.Debts);
        world.Hosts[1].PowerOn();
        Mains(world, 20);
        Assert.DoesNotContain("arm", world.Hosts[1].Commands); // not before what it was disarmed for is back
        world.Run(60);
        Assert.Null(world.State.Cycle);
        Assert.Equal(["disarm", "arm"], world.Hosts[1].Commands);
        Assert.Empty(world.State.Debts);
        Assert.Contains(world.Notices, n => n.Type == "debt.paid");
        var started = world.Effects.Last(e => e.Effect.Action == StepAction.Start).At;
        Assert.True(world.Effects.Single(e => e.Effect.Kind == EffectKind.PayDebt).At > started);
    }

    [Fact]
    public void WhatThePlatformDoes_IsOwedByItsKind_AndUndoneByIt()
    {
        var prepared = Disarm with { Command = null, Undo = null, Prepare = "haDisarmed" };
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases = [p.Phases[0] with { Steps = [prepared, .. p.Phases[0].Steps] }, p.Phases[1]],
            }
        );
        OnBattery(world, 12);
        var debt = Assert.Single(world.State.Debts);
        Assert.Equal(("haDisarmed", null), (debt.Kind, debt.Undo));
        Assert.Equal("high availability is disarmed", debt.What.ToString());
        world.Tell(new CancelRequested(CancelMode.Hold, "anna")).Run(10);
        Assert.Equal(["haDisarmed", "undo haDisarmed"], world.Hosts[1].Commands);
        Assert.Empty(world.State.Debts);
    }

    [Fact]
    public void CancelledByAPerson_IsPaidAtOnce()
    {
        var world = OnBattery(Owing(), 11);
        world.Tell(new CancelRequested(CancelMode.Hold, "anna")).Run(10);
        Assert.Equal(["disarm", "arm"], world.Hosts[1].Commands);
        Assert.Empty(world.State.Debts);
    }

    [Fact]
    public void CancelledByMains_IsPaidAfterTheStartup()
    {
        var world = OnBattery(Owing(), 14);
        Mains(world, 80);
        Assert.Equal(["disarm", "arm"], world.Hosts[1].Commands);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void FailedManualRun_IsPaidAtOnce()
    {
        var world = Worlds.OneHost(
            [
                new SimGuest
                {
                    Id = 1,
                    Name = "web",
                    HostId = 1,
                    StopSeconds = null,
                    Immortal = true,
                },
            ],
            change: p => p with { Phases = [p.Phases[0] with { Steps = [Disarm, .. p.Phases[0].Steps] }] }
        );
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(80);
        Assert.Equal(RunStatus.Failed, Assert.Single(world.Ended).Status);
        Assert.Equal(["disarm", "arm"], world.Hosts[1].Commands);
    }

    [Fact]
    public void ManualShutdown_IsPaidWhenAPersonHasStartedEverything()
    {
        var world = Owing(hosts: false);
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(60);
        Assert.Single(world.State.Debts);
        Assert.Equal(["disarm"], world.Hosts[1].Commands);
        world.Tell(new RunRequested(RunKind.Startup, "anna")).Run(30);
        Assert.Equal(["disarm", "arm"], world.Hosts[1].Commands);
    }

    [Fact]
    public void Refused_IsTriedAgainWithGrowingPauses_ThenShownUntilAPersonActs()
    {
        var world = OnBattery(Owing(), 11);
        world.Hosts[1].CommandRefusals = 100;
        world.Tell(new CancelRequested(CancelMode.Hold, "anna")).Run(2 * 3600);
        var tries = world.Effects.Where(e => e.Effect.Kind == EffectKind.PayDebt).ToList();
        Assert.Equal(10, tries.Count); // bounded
        Assert.True(tries[2].At - tries[1].At > tries[1].At - tries[0].At);
        var debt = Assert.Single(world.State.Debts);
        Assert.Equal(DebtStatus.Failed, debt.Status); // I10: shown
        Assert.Contains("exit 1", debt.Detail?.ToString(), StringComparison.Ordinal);
        Assert.Contains(world.Notices, n => n is { Type: "debt.failed", Level: NoticeLevel.Critical });
        world.Hosts[1].CommandRefusals = 0;
        world.Tell(new DebtSettled(debt.Id, "anna", TryAgain: true)).Run(5);
        Assert.Empty(world.State.Debts);
        Assert.Contains("arm", world.Hosts[1].Commands);
    }

    [Fact]
    public void Settled_IsForgotten()
    {
        var world = OnBattery(Owing(), 11);
        world.Tell(new DebtSettled(world.State.Debts[0].Id, "anna", TryAgain: false)).Run(1);
        Assert.Empty(world.State.Debts);
        Assert.Contains(world.Notices, n => n.Type == "debt.settled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void KilledWhileItIsPaid_IsPaidAfterwards(bool newBoot)
    {
        var world = OnBattery(Owing(), 11);
        world.Latency = () => TimeSpan.FromSeconds(4);
        world.Tell(new CancelRequested(CancelMode.Hold, "anna"));
        while (world.Effects.All(e => e.Effect.Kind != EffectKind.PayDebt))
            world.Run(0.1);
        world.Restart(newBoot).Run(80);
        Assert.Empty(world.State.Debts);
        Assert.Contains("arm", world.Hosts[1].Commands);
    }

    [Fact]
    public void SecondOutage_OwesOnce()
    {
        var world = OnBattery(Owing(), 14);
        Mains(world, 15);
        OnBattery(world, 30);
        Assert.Single(world.State.Debts);
        Mains(world, 120);
        Assert.Empty(world.State.Debts);
        Assert.Equal("arm", world.Hosts[1].Commands[^1]);
    }
}
