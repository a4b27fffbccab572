using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>A request in place of a command: what it may look like, where placeholders may stand, and that the engine hands it
/// on as it hands on a command.</summary>
public sealed class HttpStepTests
{
    private static readonly HttpDefinition Good = new() { Url = "https://ha.lan:8123/api/webhook/power" };

    private static StepDefinition Step(HttpDefinition? http) =>
        new()
        {
            Target = new() { HostId = 1 },
            Action = StepAction.Command,
            Http = http,
        };

    private static IEnumerable<string> Errors(StepDefinition step) =>
        PlanValidation.Errors(PlanValidationTests.Plan(PlanValidationTests.Phase("a", step))).Keys;

    [Fact]
    public void RequestWithEverything_IsSound() =>
        Assert.Empty(
            Errors(
                Step(
                    Good with
                    {
                        Method = "PUT",
                        Url = "https://ha.lan/api/{plan.name}?charge={ups.charge}",
                        Headers =
                        [
                            new()
                            {
                                Name = "Authorization",
                                Secret = true,
                                Value = "Bearer abc",
                            },
                            new() { Name = "X-Run", Value = "{run.id}" },
                        ],
                        Body = """{"charge": "{ups.charge}", "nested": {"a": [1, "{target.name}"]}}""",
                        ExpectStatus = 204,
                        CertificateFingerprint = new string('a', 64),
                    }
                )
            )
        );

    public static TheoryData<string, HttpDefinition> Faults() =>
        new()
        {
            { "method", Good with { Method = "TRACE" } },
            { "url", Good with { Url = "" } },
            { "url", Good with { Url = "ha.lan/x" } },
            { "url", Good with { Url = "ftp://ha.lan/x" } },
            { "url", Good with { Url = "https://{target.name}/x" } },
            { "url", Good with { Url = "https://ha.lan{plan.name}/x" } },
            { "url", Good with { Url = "https://user:secret@ha.lan/x" } },
            { "url", Good with { Url = "https://ha.lan/{ups.colour}" } },
            { "headers[0].name", Good with { Headers = [new() { Name = "X Y", Value = "" }] } },
            { "headers[0].name", Good with { Headers = [new() { Name = "Host", Value = "other" }] } },
            { "headers[0].value", Good with { Headers = [new() { Name = "X", Value = "a\r\nY: b" }] } },
            { "headers[0].value", Good with { Headers = [new() { Name = "X", Value = "{run.no}" }] } },
            {
                "headers[0].value",
                Good with
                {
                    Headers =
                    [
                        new()
                        {
                            Name = "X",
                            Secret = true,
                            Value = "{run.id}",
                        },
                    ],
                }
            },
            { "contentType", Good with { ContentType = "json" } },
            { "body", Good with { Body = """{"charge": {ups.charge}}""" } },
            { "body", Good with { Method = "GET", Body = "{}" } },
            { "body", Good with { Body = """{"a": "{plan.nme}"}""" } },
            { "expectStatus", Good with { ExpectStatus = 99 } },
            { "certificateFingerprint", Good with { CertificateFingerprint = "abc" } },
            {
                "certificateFingerprint",
                Good with
                {
                    Url = "http://ha.lan/x",
                    CertificateFingerprint = new string('a', 64),
                }
            },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_NamesItsField(string field, HttpDefinition http) =>
        Assert.Equal([$"phases[0].steps[0].http.{field}"], Errors(Step(http)));

    [Fact]
    public void Request_StandsInPlaceOfACommand()
    {
        Assert.Equal(["phases[0].steps[0].http"], Errors(Step(Good) with { Command = "true" }));
        Assert.Equal(["phases[0].steps[0].http"], Errors(Step(Good) with { Prepare = "haDisarmed" }));
        Assert.Equal(
            ["phases[0].steps[0].http"],
            Errors(PlanValidationTests.Host with { Action = StepAction.Shutdown, Http = Good })
        );
        Assert.Equal(["phases[0].steps[0].command"], Errors(Step(null)));
    }

    [Theory]
    [InlineData("logger {plan.name} at {ups.charge}", false)]
    [InlineData("docker ps --format '{{.Names}}'", false)]
    [InlineData("awk '{print $1}' {target.name}", false)]
    [InlineData("logger \"{plan.name}\"", true)]
    [InlineData("sh -c 'echo {plan.name}'", true)]
    [InlineData("echo it\\'s {plan.name}", true)]
    [InlineData("echo {plan.nam}", true)]
    public void PlaceholderOfACommand_StandsOutsideOfQuotes(string command, bool wrong)
    {
        var step = Step(null) with { Command = command };
        Assert.Equal(wrong ? ["phases[0].steps[0].command"] : [], Errors(step));
        Assert.Equal(wrong ? ["phases[0].steps[0].undo"] : [], Errors(step with { Command = "true", Undo = command }));
    }

    [Fact]
    public void Fill_PutsInOnceOnly()
    {
        Assert.Equal("a {ups.charge} b", Placeholders.Fill("a {plan.name} b", (_, _) => "{ups.charge}"));
        Assert.Equal("{plan.nothing} {x}", Placeholders.Fill("{plan.nothing} {x}", (_, _) => "!"));
        Assert.Equal("ups.charge", Placeholders.Alone("{ups.charge}"));
        Assert.Null(Placeholders.Alone("{ups.charge} %"));
    }

    [Fact]
    public void SecretThatIsNotStored_ForbidsArming_AndNoneLeavesWithThePlan()
    {
        var http = Good with
        {
            Headers =
            [
                new()
                {
                    Name = "Authorization",
                    Secret = true,
                    Sealed = "canary",
                },
            ],
        };
        var plan = PlanValidationTests.Plan(PlanValidationTests.Phase("a", Step(http)));

        var shown = HttpSecrets.Without(plan).Phases[0].Steps[0].Http?.Headers[0];

        Assert.Equal((null, null, true), (shown?.Sealed, shown?.Value, shown?.HasValue));
        Assert.DoesNotContain(Problems(plan), p => p.Code == "noSecret");
        var problem = Assert.Single(Problems(HttpSecrets.Without(plan)), p => p.Code == "noSecret");
        Assert.Equal((true, "phases[0].steps[0].http.headers[0].value"), (problem.IsError, problem.Field));
    }

    [Fact]
    public void Request_IsIssuedOnce_BeforeTheStepsAfterIt()
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases =
                [
                    p.Phases[0] with
                    {
                        Parallel = false,
                        Steps = [Step(Good), .. p.Phases[0].Steps],
                    },
                    p.Phases[1],
                ],
            }
        );
        (world.Upses[1].Runtime, world.Upses[1].Charge) = (60, 10);
        world.Upses[1].Status = "OB LB";

        world.Run(130);

        var (_, asked) = Assert.Single(world.Effects, e => e.Effect.Kind == EffectKind.Command);
        Assert.Equal((Good.Url, null), (asked.Http?.Url, asked.Command));
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        var step = world.Ended[0].Steps.Single(s => s.Http is not null);
        Assert.Equal((StepStatus.Done, "the answer was as expected"), (step.Status, step.Evidence?.ToString()));
    }

    private static IReadOnlyList<PlanProblem> Problems(PlanDefinition plan) =>
        PlanProblems.Find(
            new PlanModel
            {
                PlanId = 1,
                Revision = 1,
                Armed = false,
                Definition = plan,
            },
            new Dictionary<int, VmPowerManager.Core.Power.UpsReading?>()
        );
}
