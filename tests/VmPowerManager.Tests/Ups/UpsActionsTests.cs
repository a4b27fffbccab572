using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Protocols;

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

        await Actions.RunCommandAsync(Person(Role.Operator), id, "beeper.mute", null, default);
        await Assert.ThrowsAsync<PeerRefusedException>(() =>
            Actions.RunCommandAsync(Admin, id, "load.off", null, default)
        );

        Assert.Equal(
            ["ups.commandSent", "ups.commandAccepted", "ups.commandSent"],
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
}
