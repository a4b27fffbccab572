using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>Dependencies, load shedding, waits and phases of the startup: each fault names its field.</summary>
public sealed class GraphValidationTests
{
    private static readonly PlanDefinition Good = Plan(Phase("a", G(1)), Phase("b", H(1)));

    private static readonly PhaseDefinition Shed = Phase("s", G(1)) with { Kind = PhaseKind.Shed };

    private static readonly StepDefinition Wait = new()
    {
        Target = Host(1),
        Action = StepAction.WaitUntil,
        Ready = new() { Kind = ReadyKind.Port, Port = 2049 },
    };

    private static readonly StepDefinition Start = new() { Target = Guest(1), Action = StepAction.Start };

    private static PlanDefinition Depends(TargetDefinition from, TargetDefinition to) =>
        Good with
        {
            Dependencies = [Needs(from, to)],
        };

    private static PlanDefinition Up(params PhaseDefinition[] phases) =>
        Good with
        {
            Startup = new() { Mirror = false, Phases = [.. phases] },
        };

    private static PhaseDefinition UpPhase(params StepDefinition[] steps) => new() { Id = "u", Steps = [.. steps] };

    private static PlanDefinition Ready(StepDefinition step, ReadyDefinition ready) =>
        Plan(Phase("a", step with { Ready = ready }));

    public static TheoryData<string, PlanDefinition> Faults() =>
        new()
        {
            { "dependencies[0].from", Depends(new(), Guest(1)) },
            { "dependencies[0].to", Depends(Guest(1), new()) },
            { "dependencies[0].to", Depends(Guest(1), new() { UpsId = 1 }) },
            { "dependencies[0].to", Depends(Guest(1), Guest(1)) },
            { "dependencies[0]", Good with { Dependencies = [null!] } },
            { "dependencies[0]", Depends(null!, Guest(1)) },
            { "phases[0].steps[0].dependsOn[0]", Plan(Phase("a", G(1) with { DependsOn = [new()] })) },
            { "phases[0].steps[0].dependsOn[0]", Plan(Phase("a", G(1) with { DependsOn = [Guest(1)] })) },
            { "phases[0].steps[0].dependsOn[0]", Plan(Phase("a", G(1) with { DependsOn = [null!] })) },
            { "phases[1].kind", Plan(Phase("a", G(2)), Shed) },
            { "phases[0].steps[0].action", Plan(Phase("s", Wait) with { Kind = PhaseKind.Shed }) },
            { "pointOfNoReturnPhase", Plan(Shed, Phase("b", H(1))) with { PointOfNoReturnPhase = "s" } },
            { "phases[0].minChargePercent", Plan(Phase("a", G(1)) with { MinChargePercent = 101 }) },
            { "phases[0].steps[0].startTimeoutSeconds", Plan(Phase("a", G(1) with { StartTimeoutSeconds = 0 })) },
            { "phases[0].steps[0].ready", Plan(Phase("a", Wait with { Ready = null })) },
            { "phases[0].steps[0].ready.port", Ready(H(1), new() { Kind = ReadyKind.Port }) },
            { "phases[0].steps[0].ready.command", Ready(H(1), new() { Kind = ReadyKind.Command }) },
            { "phases[0].steps[0].ready.kind", Ready(H(1), new() { Kind = ReadyKind.Agent }) },
            { "phases[0].steps[0].ready.address", Ready(G(1), new() { Kind = ReadyKind.Ping }) },
            { "phases[0].steps[0].ready.address", Ready(H(1), new() { Kind = ReadyKind.Ping, Address = "a b" }) },
            { "phases[0].steps[0].ready.timeoutSeconds", Ready(H(1), new() { TimeoutSeconds = 0 }) },
            { "startup.mirror", Good with { Startup = new() { Phases = [UpPhase(Start)] } } },
            { "startup.phases", Up() },
            { "startup.phases[0]", Up([null!]) },
            { "startup.phases[0]", Up(UpPhase([null!])) },
            { "startup.phases[0].id", Up(UpPhase(Start) with { Id = "" }) },
            { "startup.phases[1].id", Up(UpPhase(Start), UpPhase(Start with { Target = Guest(2) })) },
            { "startup.phases[0].steps", Up(UpPhase()) },
            { "startup.phases[0].trigger", Up(UpPhase(Start) with { Trigger = new() { LowBattery = true } }) },
            { "startup.phases[0].minChargePercent", Up(UpPhase(Start) with { MinChargePercent = -1 }) },
            { "startup.phases[0].delayBetweenStepsSeconds", Up(UpPhase(Start) with { DelayBetweenStepsSeconds = -1 }) },
            { "startup.phases[0].steps[0].action", Up(UpPhase(Start with { Action = StepAction.Shutdown })) },
            { "startup.phases[0].steps[0].action", Up(UpPhase(Start with { Action = StepAction.Wake })) },
            { "startup.phases[0].steps[0].target", Up(UpPhase(Start with { Target = new() { UpsId = 1 } })) },
            {
                "startup.phases[0].steps[0].command",
                Up(UpPhase(Start with { Target = Host(1), Action = StepAction.Command }))
            },
            { "startup.phases[0].steps[1]", Up(UpPhase(Start, Start)) },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Errors_OfAFault_NameItsField(string field, PlanDefinition plan)
    {
        var errors = PlanValidation.Errors(plan);

        Assert.Equal([field], errors.Keys);
    }

    [Fact]
    public void Errors_OfAGoodPlan_AreNone()
    {
        var plan = Plan(Shed, Phase("b", Wait, G(2) with { DependsOn = [Host(2)] }), Phase("c", H(1), H(2))) with
        {
            Dependencies = [Needs(GuestsOf(1), Host(2)), Needs(Host(1), Host(2))],
            Startup = new()
            {
                Mirror = false,
                Phases =
                [
                    UpPhase(new StepDefinition { Target = Host(2), Action = StepAction.Wake }, Wait) with
                    {
                        MinChargePercent = 20,
                    },
                    UpPhase(Start) with
                    {
                        Id = "v",
                    },
                ],
            },
        };
        Assert.Empty(PlanValidation.Errors(plan));
    }
}
