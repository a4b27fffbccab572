using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY E2-E5: phases of the startup's own, readiness, stages of charge.</summary>
public sealed class StartPhasesTests
{
    private static StepDefinition Start(int guest) => new() { Target = Guest(guest), Action = StepAction.Start };

    private static PhaseDefinition Up(string id, params StepDefinition[] steps) =>
        new()
        {
            Id = id,
            Name = id,
            Steps = [.. steps],
        };

    private static World Own(IReadOnlyList<SimGuest> guests, params PhaseDefinition[] phases)
    {
        var plan = Plan(Phase("a", [.. guests.Select(g => G(g.Id))])) with
        {
            Startup = new()
            {
                Mirror = false,
                StableMainsSeconds = 20,
                MinChargePercent = 30,
                Phases = [.. phases],
            },
        };
        return Graphs.World(plan, guests).OnBattery(30);
    }

    [Fact]
    public void OwnPhases_StartAsWritten_AndWhatTheyDoNotNameComesLast()
    {
        var world = Own([Vm(1, "web"), Vm(2, "db"), Vm(3, "mail")], Up("one", Start(2)), Up("two", Start(1))).Mains(60);
        Assert.Equal(["db", "web", "mail"], world.Asked(StepAction.Start)); // E2: every target of the plan
        Assert.Equal("two", world.Step("web").Phase);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void HostThatIsUpAndNotReady_IsAwaited_AndTheGuestHasItsWholeTimeThen()
    {
        var world = Own([Vm(1, "web")], Up("one", Start(1)));
        world.Hosts[1].NotReady = "the cluster lab has no quorum";
        world.Mains(400);
        Assert.Empty(world.Asked(StepAction.Start));
        Assert.Equal(StepStatus.Running, world.Step("web").Status);
        Assert.Contains("no quorum", world.Step("web").Detail?.ToString(), StringComparison.Ordinal);
        world.Hosts[1].NotReady = null;
        world.Run(30);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void HostThatIsNotReadyAnyMore_AndRefusesTheStart_IsAwaitedTheSame()
    {
        var world = Own([Vm(1, "web")], Up("one", Start(1)));
        // Its cluster falls apart between the newest look and the order.
        world.Carried = e =>
        {
            if (e is not { Action: StepAction.Start, ExternalId: not null })
                return;
            world.Carried = null;
            world.Hosts[1].NotReady = "the cluster lab has no quorum";
        };
        world.Mains(400);
        Assert.Equal(StepStatus.Running, world.Step("web").Status);
        Assert.Contains(
            "the cluster lab has no quorum",
            world.Step("web").Detail?.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(1, Starts());
        world.Hosts[1].NotReady = null;
        world.Run(30);
        Assert.Equal(2, Starts());
        Assert.Null(world.State.Cycle);

        int Starts() => world.Effects.Count(e => e.Effect is { Action: StepAction.Start, ExternalId: not null });
    }

    [Fact]
    public void HostThatNeverBecomesReady_FailsItsGuestsWithItsWords()
    {
        var world = Own([Vm(1, "web")], Up("one", Start(1)));
        world.Hosts[1].NotReady = "the cluster lab has no quorum";
        world.Mains(1000);
        Assert.Empty(world.Asked(StepAction.Start));
        var step = world.Ended.Last().Steps.Single(s => s.Target.Name == "web");
        Assert.Equal(StepStatus.Failed, step.Status);
        Assert.Contains("no quorum", step.Detail?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OwnPhases_StartNothingThatDidNotRun()
    {
        var world = Own([Vm(1, "web"), Vm(2, "db").Set(PowerState.Off)], Up("one", Start(2), Start(1))).Mains(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // E2, I5
    }

    [Fact]
    public void OwnPhases_CommandsAndWaits_StandBetween()
    {
        var command = new StepDefinition
        {
            Target = Host(1),
            Action = StepAction.Command,
            Command = "mount -a",
        };
        var wait = new StepDefinition
        {
            Target = Host(1),
            Action = StepAction.WaitUntil,
            Ready = new() { Kind = ReadyKind.Port, Port = 2049 },
        };
        var world = Own(
            [Vm(1, "web"), Vm(2, "db")],
            Up("one", Start(2)),
            Up("two", command),
            Up("three", wait),
            Up("four", Start(1))
        );
        var opens = world.Now + TimeSpan.FromSeconds(60);
        world.Looks = _ => world.Now < opens ? "connection refused" : null;
        world.Mains(90);
        Assert.Equal(EffectKind.Command, world.Effects.Single(e => e.Effect.Command is not null).Effect.Kind);
        Assert.InRange((world.AskedAt("web", StepAction.Start) - opens).TotalSeconds, 0, 10);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status);
    }

    [Fact]
    public void OwnPhase_OneByOne_KeepsItsPauses()
    {
        var phase = Up("one", Start(2), Start(1)) with { Parallel = false, DelayBetweenStepsSeconds = 10 };
        var world = Own([Vm(1, "web"), Vm(2, "db")], phase).Mains(60);
        var between = world.AskedAt("web", StepAction.Start) - world.AskedAt("db", StepAction.Start);
        Assert.InRange(between.TotalSeconds, 10, 13);
    }

    [Fact]
    public void PhasesCharge_StagesTheStartup()
    {
        var world = Own(
            [Vm(1, "web"), Vm(2, "db")],
            Up("one", Start(2)) with
            {
                MinChargePercent = 10,
            },
            Up("two", Start(1)) with
            {
                MinChargePercent = 50,
            }
        );
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL CHRG", 20);
        world.Run(60);
        Assert.Equal(["db"], world.Asked(StepAction.Start)); // E3
        world.Upses[1].Charge = 51;
        world.Run(10);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void Readiness_IsAwaitedBeforeDependants()
    {
        var ready = new ReadyDefinition { Kind = ReadyKind.Port, Port = 5432 };
        var plan = Plan(Phase("a", G(1), G(2) with { Ready = ready })) with
        {
            Dependencies = [Needs(Guest(1), Guest(2))],
        };
        var world = Graphs.World(plan, [Vm(1, "web"), Vm(2, "db", readySeconds: 25)]).OnBattery(30).Mains(90);
        var between = world.AskedAt("web", StepAction.Start) - world.AskedAt("db", StepAction.Start);
        Assert.InRange(between.TotalSeconds, 25, 35); // E4
        Assert.Contains("ready", world.Step("db").Evidence?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void NeverReady_FailsWithThePeersWords_AndItsDependantsAreNotStarted()
    {
        var ready = new ReadyDefinition
        {
            Kind = ReadyKind.Port,
            Port = 5432,
            TimeoutSeconds = 40,
        };
        var plan = Plan(Phase("a", G(1), G(2) with { Ready = ready }, G(3))) with
        {
            Dependencies = [Needs(Guest(1), Guest(2))],
        };
        var world = Graphs
            .World(plan, [Vm(1, "web"), Vm(2, "db", readySeconds: 9999), Vm(3, "mail")])
            .OnBattery(30)
            .Mains(120);
        Assert.Equal(["db", "mail"], world.Asked(StepAction.Start).Order()); // E4: what needs nothing is not held up
        Assert.Contains("connection refused", world.Step("db").Detail?.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "It is not started: it needs db",
            world.Step("web").Detail?.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(RunStatus.Failed, world.Ended[^1].Status); // I11
    }

    [Fact]
    public void KilledWhileLooking_LooksAgain()
    {
        var ready = new ReadyDefinition { Kind = ReadyKind.Ping };
        var plan = Plan(Phase("a", G(2) with { Ready = ready }));
        var world = Graphs.World(plan, [Vm(2, "db", readySeconds: 30)]).OnBattery(30).Mains(40);
        Assert.NotNull(world.State.Run?.Steps[0].UpAt);
        world.Restart().Run(60);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status); // I3
        Assert.Single(
            world.Effects,
            e => e.Effect.Action == StepAction.Start && e.Effect.Kind == EffectKind.GuestPower
        );
    }

    [Fact]
    public void BatteryBeforeTheFirstAsk_WaitsAnew()
    {
        var world = Graphs.World(Plan(Phase("a", G(1))), [Vm(1, "web")]).OnBattery(30);
        world.Hosts[1].Dead = true; // The host does not tell what runs: the step looks before it asks.
        world.Run(2);
        world.Mains(31);
        world.OnBattery(1);
        world.Hosts[1].PowerOn();
        world.Run(3);
        Assert.Empty(world.Asked(StepAction.Start)); // E5
        world.Mains(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void CycleDismissed_NothingStartsAnyMore()
    {
        var world = Graphs.World(Plan(Phase("a", G(1))), [Vm(1, "web")]).OnBattery(30);
        world.Upses[1].Status = "OL";
        world.Run(15).Tell(new CycleDismissed("anna")).Run(100);
        Assert.Empty(world.Asked(StepAction.Start)); // E1
        Assert.Null(world.State.Cycle);
        Assert.Contains(
            world.Notices,
            n => n.Type == "plan.cycleDismissed" && n.Message.Contains("web", StringComparison.Ordinal)
        );
    }
}
