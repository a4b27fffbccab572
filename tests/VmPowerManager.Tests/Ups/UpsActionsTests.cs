using System.Text.Json;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

public sealed class UpsActionsTests : UpsCommandsBench
{
    [Fact]
    public async Task Test_DeviceAnswers_GivesReadingAndChecksAndSavesNothing()
    {
        var result = await Actions.TestAsync(Admin, Body(), default);

        Assert.Equal(["OL"], result.Reading?.Status);
        Assert.Equal("connect", Assert.Single(result.Checks).Name);
        Assert.Empty((await Queries.ListAsync(default)).Items);
    }

    [Fact]
    public async Task Test_DeviceRefuses_NamesTheStep()
    {
        Fake.Fault = new DeviceException(DeviceFault.Refused, "ERR UNKNOWN-UPS");

        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() => Actions.TestAsync(Admin, Body(), default));

        Assert.Equal(("ERR UNKNOWN-UPS", "connect"), (refusal.Message, refusal.FailedStep));
    }

    [Fact]
    public async Task RunCommand_DeviceTakesOrRefuses_IsToldAndAudited()
    {
        var id = await CreateAsync(Body());

        var accepted = await Actions.RunCommandAsync(Person(Role.Operator), id, "beeper.mute", null, default);
        Fake.Outcome = UpsCommandOutcome.Done;
        var done = await Actions.RunCommandAsync(Person(Role.Operator), id, "beeper.mute", null, default);
        await Assert.ThrowsAsync<PeerRefusedException>(() =>
            Actions.RunCommandAsync(Admin, id, "load.off", null, default)
        );

        Assert.Equal((UpsCommandOutcome.Accepted, UpsCommandOutcome.Done), (accepted, done));
        Assert.Equal(
            [
                "ups.commandSent",
                "ups.commandAccepted",
                "ups.commandSent",
                "ups.commandDone",
                "ups.commandSent",
                "ups.commandFailed",
            ],
            Events.Latest().Where(e => e.Type.StartsWith("ups.command", StringComparison.Ordinal)).Select(e => e.Type)
        );
    }

    [Theory]
    [InlineData("beeper.disable", true)]
    [InlineData("test.battery.start.quick", true)]
    [InlineData("test.battery.stop", true)]
    [InlineData("test.panel.start", true)]
    [InlineData("test.panel.stop", true)]
    [InlineData("test.battery.start", false)]
    [InlineData("test.battery.start.deep", false)]
    [InlineData("test.failure.start", false)]
    [InlineData("calibrate.start", false)]
    [InlineData("load.off", false)]
    [InlineData("reset.input.minmax", false)]
    [InlineData("unheard.of", false)]
    public async Task RunCommand_ByOperator_OnlyWhatDrainsNoBattery(string name, bool allowed)
    {
        var id = await CreateAsync(Body());

        var refusal = await Record.ExceptionAsync(() =>
            Actions.RunCommandAsync(Person(Role.Operator), id, name, null, default)
        );

        Assert.Equal(allowed, refusal is not ForbiddenException);
    }

    [Fact]
    public async Task Commands_Unknown_AreDescribedByTheDevice()
    {
        var id = await CreateAsync(Body());

        var commands = await Queries.CommandsAsync(id, default);

        Assert.Equal(["beeper.mute", "load.off"], commands.Select(c => c.Name));
        Assert.Equal("Silent until the next alarm.", commands[0].Effect);
        var unknown = UpsDeviceCommand.Of("no.one.knows", "Says of itself");
        Assert.Equal(("Says of itself", true), (unknown.Effect, unknown.IsGrave));
    }

    [Fact]
    public async Task SetVariable_Device_TakesItAndItIsAudited()
    {
        Fake.Writable.Add(new UpsWritable("ups.delay.shutdown", "20") { Kind = UpsWritableKind.Number });
        var id = await CreateAsync(Body());

        var outcome = await Actions.SetVariableAsync(Admin, id, "ups.delay.shutdown", "30", default);

        Assert.Equal(UpsCommandOutcome.Accepted, outcome);
        Assert.Equal("30", (await Queries.WritableAsync(id, default)).Single().Value);
        var events = Events.Latest().Where(e => e.Type.StartsWith("ups.variable", StringComparison.Ordinal)).ToList();
        Assert.Equal(["ups.variableSent", "ups.variableAccepted"], events.Select(e => e.Type));
        Assert.Equal("rack-a: ups.delay.shutdown: \"20\" to \"30\" was accepted.", events[^1].Message);
        Assert.NotNull(events[^1].Actor);
    }

    [Fact]
    public async Task SetVariable_DeviceRefuses_IsToldInItsWords()
    {
        Fake.Writable.Add(new UpsWritable("ups.id", "a"));
        var id = await CreateAsync(Body());
        Fake.Fault = new DeviceException(DeviceFault.Refused, "ERR SET-FAILED");

        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            Actions.SetVariableAsync(Admin, id, "ups.id", "b", default)
        );

        Assert.Equal(("ERR SET-FAILED", "ups.id"), (refusal.Message, refusal.FailedStep));
        Assert.Contains(Events.Latest(), e => e.Type == "ups.variableFailed");
    }

    [Theory]
    [InlineData("ups.delay.shutdown", "601", "value")]
    [InlineData("ups.delay.shutdown", "soon", "value")]
    [InlineData("ups.delay.shutdown", "NaN", "value")]
    [InlineData("input.sensitivity", "HIGH", "value")]
    [InlineData("ups.id", "123456789", "value")]
    [InlineData("ups.id", "a\nb", "value")]
    [InlineData("ups.model", "x", "name")]
    public async Task SetVariable_ToWhatItCannotBe_IsRefusedBeforeItIsSent(string name, string value, string field)
    {
        Fake.Writable.Add(
            new UpsWritable("ups.delay.shutdown", "20")
            {
                Kind = UpsWritableKind.Number,
                Bounds = [new UpsBounds(0, 10), new UpsBounds(12, 600)],
            }
        );
        Fake.Writable.Add(
            new UpsWritable("input.sensitivity", "low") { Kind = UpsWritableKind.Choice, Choices = ["low", "high"] }
        );
        Fake.Writable.Add(new UpsWritable("ups.id", "") { MaxLength = 8 });
        var id = await CreateAsync(Body());

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            Actions.SetVariableAsync(Admin, id, name, value, default)
        );

        Assert.Equal([field], refusal.Errors.Keys);
        Assert.DoesNotContain(Events.Latest(), e => e.Type.StartsWith("ups.variable", StringComparison.Ordinal));
        await Actions.SetVariableAsync(Admin, id, "ups.delay.shutdown", "12", default);
        await Actions.SetVariableAsync(Admin, id, "input.sensitivity", "high", default);
        await Actions.SetVariableAsync(Admin, id, "ups.id", "12345678", default);
    }

    [Fact]
    public async Task List_Server_NeedsNeitherNameNorUpsAndUsesTheStoredSecrets()
    {
        Fake.Listed.AddRange([new UpsListed("ups2", ""), new UpsListed("ups1", "Rack A")]);
        var id = await CreateAsync(Body(password: "s3cr3t"));

        var found = await Actions.ListAsync(Admin, Parse("""{"driver":"fake","fake":{"host":"10.0.0.1"}}"""), default);
        await Actions.ListAsync(
            Admin,
            Parse($"{{\"id\":{id},\"driver\":\"fake\",\"fake\":{{\"host\":\"10.0.0.1\",\"unit\":\"\"}}}}"),
            default
        );

        Assert.Equal(["ups1", "ups2"], found.Select(u => u.Name));
        Assert.Empty(Fake.ListedFor[0].Secrets);
        Assert.Equal("s3cr3t", Fake.ListedFor[1].Secrets["fake.password"]);
    }

    [Fact]
    public async Task List_WithoutAddress_NamesTheField()
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            Actions.ListAsync(Admin, Parse("""{"driver":"fake","fake":{}}"""), default)
        );

        Assert.Equal(["fake.host"], refusal.Errors.Keys);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task SetVariableAndList_ByOthersThanAdministrators_AreForbidden(Role role)
    {
        var id = await CreateAsync(Body());

        await Assert.ThrowsAsync<ForbiddenException>(() =>
            Actions.SetVariableAsync(Person(role), id, "ups.id", "x", default)
        );
        await Assert.ThrowsAsync<ForbiddenException>(() => Actions.ListAsync(Person(role), Body(), default));
    }

    private static JsonElement Parse(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
