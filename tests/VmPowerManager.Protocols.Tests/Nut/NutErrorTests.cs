using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>What the server refuses, in its own words.</summary>
public sealed class NutErrorTests
{
    [Theory]
    [InlineData("ERR UNKNOWN-UPS", DeviceFault.Refused)]
    [InlineData("ERR READONLY", DeviceFault.Refused)]
    [InlineData("ERR ACCESS-DENIED", DeviceFault.AuthenticationFailed)]
    [InlineData("ERR USERNAME-REQUIRED", DeviceFault.AuthenticationFailed)]
    [InlineData("ERR INVALID-PASSWORD", DeviceFault.AuthenticationFailed)]
    [InlineData("ERR UNKNOWN-COMMAND", DeviceFault.Unsupported)]
    [InlineData("ERR SOMETHING-NEW with words", DeviceFault.Refused)]
    public async Task GetVariable_Err_IsAFaultWithTheServersWordsAndTheConnectionStays(string answer, DeviceFault fault)
    {
        await using var server = new FakeUpsd(_ => answer + "\n");
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("ups1", "ups.status", default)
        );

        Assert.Equal(fault, failure.Fault);
        Assert.StartsWith(answer, failure.Message, StringComparison.Ordinal);
        Assert.False(client.IsBroken);
    }

    [Theory]
    [InlineData("ERR DATA-STALE")]
    [InlineData("ERR DRIVER-NOT-CONNECTED")]
    public async Task GetVariable_UpsIsGoneFromTheServer_IsStaleAndTheConnectionStays(string answer)
    {
        await using var server = new FakeUpsd(_ => answer + "\n");
        await using var client = await ConnectAsync(server);

        await Assert.ThrowsAsync<NutDataStaleException>(() => client.GetVariableAsync("ups1", "ups.status", default));

        Assert.False(client.IsBroken);
    }

    private static Task<NutClient> ConnectAsync(FakeUpsd server) =>
        NutClient.ConnectAsync(new NutEndpoint("127.0.0.1", server.Port), TimeProvider.System, null, default);
}
