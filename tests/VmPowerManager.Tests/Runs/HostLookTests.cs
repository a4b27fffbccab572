using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Runs;
using VmPowerManager.Tests.Hosts;

namespace VmPowerManager.Tests.Runs;

/// <summary>POLICY C4: what a look that missed a host means.</summary>
public sealed class HostLookTests : IAsyncLifetime
{
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;
    private int _id;

    public HostLookTests() => _hosts = new HostsHarness(null, _driver);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _hosts.StartAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Theory]
    [InlineData(DeviceFault.Unreachable, "no answer from h1", true, false)]
    [InlineData(DeviceFault.Unreachable, "name not resolved: h1", false, false)]
    [InlineData(DeviceFault.Unreachable, "not known: no answer of vCenter", false, false)]
    [InlineData(DeviceFault.AuthenticationFailed, "wrong", false, true)]
    public async Task Fault_IsSilenceOrLifeOrNothing(DeviceFault fault, string words, bool silent, bool heard)
    {
        var missed = await LookAsync("127.0.0.1", 1, fault, words);

        Assert.Equal((silent, heard), (missed.Silent, missed.Heard));
    }

    /// <summary>A list that takes too long: the host's own address decides, and a name that fails decides nothing.</summary>
    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("nosuchhost.invalid", false, false)]
    public async Task Timeout_ItsAddressIsAsked(string address, bool silent, bool heard)
    {
        var missed = await LookAsync(address, 1, DeviceFault.Timeout, "not done within 5 s");

        Assert.Equal((silent, heard), (missed.Silent, missed.Heard));
    }

    private async Task<HostMissed> LookAsync(string address, int port, DeviceFault fault, string words)
    {
        _driver.Fault = new DeviceException(fault, words);
        var body = HostCommandsTests.Body("h1");
        body = body with { Ssh = body.Ssh! with { Host = address, Port = port } }; // not null: Body sets it
        _id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);
        var look = new HostLook(_hosts.Get<IHostPower>(), _hosts.Feed, TimeProvider.System);
        return Assert.IsType<HostMissed>(await look.AtAsync(_id, Ct));
    }
}
