using System.Text.Json;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>What is wrong with a definition as written: each fault names its field (API.md: 400).</summary>
public sealed class PlanValidationTests
{
    internal static readonly StepDefinition Guest = new() { Target = new() { GuestId = 1 } };
    internal static readonly StepDefinition Host = new() { Target = new() { HostId = 1 } };

    internal static PhaseDefinition Phase(string id, params StepDefinition[] steps) =>
        new()
        {
            Id = id,
            Name = id,
            Trigger = new() { OnBatteryForSeconds = 300 },
            Steps = [.. steps],
        };

    internal static PlanDefinition Plan(params PhaseDefinition[] phases) =>
        new()
        {
            Name = "Homelab",
            UpsIds = [1],
            Phases = [.. phases],
        };

    private static readonly PlanDefinition Good = Plan(Phase("lab", Guest), Phase("hosts", Host));

    private static PlanDefinition WithStep(StepDefinition step) => Plan(Phase("lab", step));

    private static PlanDefinition WithTrigger(TriggerDefinition trigger) =>
        Plan(Phase("lab", Guest) with { Trigger = trigger });

    private static PlanDefinition WithStartup(StartupDefinition startup) => Good with { Startup = startup };

    public static TheoryData<string, PlanDefinition> Faults() =>
        new()
        {
            { "name", Good with { Name = " " } },
            { "name", Good with { Name = null! } },
            { "name", Good with { Name = new string('x', 201) } },
            { "upsIds", Good with { UpsIds = [] } },
            { "upsIds", Good with { UpsIds = [1, 1] } },
            { "minSupplies", Good with { MinSupplies = 0 } },
            { "minSupplies", Good with { MinSupplies = double.NaN } },
            { "onBatteryDelaySeconds", Good with { OnBatteryDelaySeconds = -1 } },
            { "returnConfirmSeconds", Good with { ReturnConfirmSeconds = 700000 } },
            { "phases", Good with { Phases = [] } },
            { "phases[0]", Good with { Phases = [null!] } },
            { "phases[0].id", Plan(Phase("", Guest)) },
            { "phases[1].id", Plan(Phase("a", Guest), Phase("a", Host)) },
            { "phases[0].steps", Plan(Phase("a")) },
            { "phases[0].steps[0]", Plan(Phase("a", [null!])) },
            { "phases[0].trigger", WithTrigger(null!) },
            { "phases[0].delayBetweenStepsSeconds", Plan(Phase("a", Guest) with { DelayBetweenStepsSeconds = -5 }) },
            { "pointOfNoReturnPhase", Good with { PointOfNoReturnPhase = "none" } },
            { "phases[0].trigger.runtimeBelowSeconds", WithTrigger(new() { RuntimeBelowSeconds = 0 }) },
            { "phases[0].trigger.chargeBelowPercent", WithTrigger(new() { ChargeBelowPercent = 101 }) },
            { "phases[0].trigger.onBatteryForSeconds", WithTrigger(new() { OnBatteryForSeconds = -1 }) },
            { "phases[0].steps[0].target", WithStep(new() { Target = null! }) },
            { "phases[0].steps[0].target", WithStep(new()) },
            {
                "phases[0].steps[0].target",
                WithStep(
                    new()
                    {
                        Target = new() { GuestId = 1, HostId = 1 },
                    }
                )
            },
            { "phases[0].steps[0].timeoutSeconds", WithStep(Guest with { TimeoutSeconds = 0 }) },
            { "phases[0].steps[0].action", WithStep(Guest with { Action = StepAction.Start }) },
            { "phases[0].steps[0].action", WithStep(Host with { Action = StepAction.Save }) },
            { "phases[0].steps[0].action", WithStep(Guest with { Action = StepAction.CutOutput }) },
            { "phases[0].steps[0].command", WithStep(Host with { Action = StepAction.Command }) },
            { "phases[0].steps[0].command", WithStep(Guest with { Command = "true" }) },
            { "phases[0].steps[0].prepare", WithStep(Host with { Prepare = "haDisarmed" }) },
            {
                "phases[0].steps[0].prepare",
                WithStep(Host with { Action = StepAction.Command, Command = "true", Prepare = "haDisarmed" })
            },
            { "phases[0].steps[0].prepare", WithStep(Host with { Action = StepAction.Command, Prepare = "rm -rf" }) },
            { "phases[0].steps[0].onTimeout", WithStep(Host with { OnTimeout = OnTimeout.ForceOff }) },
            { "phases[0].steps[0].ladder[1].action", WithStep(Host with { Ladder = [new(), new()] }) },
            { "phases[0].steps[0].ladder[0]", WithStep(Guest with { Ladder = [null!] }) },
            {
                "phases[0].steps[0].ladder[0].timeoutSeconds",
                WithStep(Guest with { Ladder = [new() { TimeoutSeconds = 0 }] })
            },
            {
                "phases[0].steps[0].ladder[0].action",
                WithStep(Guest with { Ladder = [new() { Action = StepAction.Wake }] })
            },
            { "phases[0].steps[1]", Plan(Phase("a", Host, Host)) },
            {
                "phases[1].steps[0]",
                Plan(Phase("a", Host), Phase("b", Guest with { Target = new() { GuestsOf = 1 } }))
            },
            { "phases[1].steps[0]", Plan(Phase("a", Guest), Phase("b", Guest)) },
            {
                "phases[0].steps[0]",
                Plan(
                    Phase(
                        "a",
                        Host with
                        {
                            Action = StepAction.CutOutput,
                            Target = new() { UpsId = 1 },
                        },
                        Guest
                    )
                )
            },
            { "startup", WithStartup(null!) },
            { "startup.stableMainsSeconds", WithStartup(new() { StableMainsSeconds = -1 }) },
            { "startup.unknownChargeWaitSeconds", WithStartup(new() { UnknownChargeWaitSeconds = -1 }) },
            { "startup.minChargePercent", WithStartup(new() { MinChargePercent = 101 }) },
            { "startup.minRuntimeSeconds", WithStartup(new() { MinRuntimeSeconds = -1 }) },
            { "startup.maxWaitSeconds", WithStartup(new() { MaxWaitSeconds = -1 }) },
            { "startup.phases", WithStartup(new() { Mirror = false }) },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Errors_OfAFault_NameItsField(string field, PlanDefinition plan)
    {
        var errors = PlanValidation.Errors(plan);

        Assert.Equal([field], errors.Keys);
        Assert.All(errors[field], message => Assert.EndsWith(".", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Errors_OfAGoodPlan_AreNone()
    {
        Assert.Empty(PlanValidation.Errors(Good));
        PlanValidation.Demand(Good);
    }

    [Fact]
    public void Errors_OfSeveralFaults_AreToldTogether()
    {
        var refusal = Assert.Throws<InvalidInputException>(() =>
            PlanValidation.Demand(Good with { Name = "", UpsIds = [], Phases = [Phase("", Guest)] })
        );

        Assert.Equal(["name", "phases[0].id", "upsIds"], refusal.Errors.Keys.Order());
    }

    [Fact]
    public void Definition_ThroughJson_IsTheSame()
    {
        var plan = Good with { Phases = [Phase("a", Guest with { Ladder = [new() { Via = Via.Agent }] })] };
        var copy = JsonSerializer.Deserialize<PlanDefinition>(
            JsonSerializer.Serialize(plan, Json.Options),
            Json.Options
        );

        Assert.Equal(JsonSerializer.Serialize(plan, Json.Options), JsonSerializer.Serialize(copy, Json.Options));
    }
}
