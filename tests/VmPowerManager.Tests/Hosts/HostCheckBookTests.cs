using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>The newest probe of a saved host, whoever asked for it.</summary>
public sealed class HostCheckBookTests : IAsyncLifetime
{
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;

    public HostCheckBookTests() => _hosts = new HostsHarness(null, _driver);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HostChecked? Known => _hosts.Get<HostCheckBook>().All.Value.GetValueOrDefault(1);

    public async ValueTask InitializeAsync()
    {
        await _hosts.StartAsync();
        await _hosts.Commands.CreateAsync(HostsHarness.Admin, Body("h1"), Ct);
    }

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Probe_OfASavedHost_IsKept_UntilItIsChanged()
    {
        Assert.Null(Known);
        await _hosts.PowerCommands.CheckAsync(HostsHarness.Admin, 1, Ct);
        Assert.Contains(Known!.Probe.Checks, c => c.Name == "virsh"); // not null: it was probed
        await _hosts.Commands.UpdateAsync(HostsHarness.Admin, 1, Body("h1") with { Witness = "192.0.2.1" }, Ct);
        Assert.Null(Known);
    }

    [Fact]
    public async Task Probe_ThatDidNotEnd_IsKeptAsOneThatFailed()
    {
        _driver.Fault = new(VmPowerManager.Protocols.DeviceFault.Unreachable, "no route to host");
        await _hosts.PowerCommands.CheckAsync(HostsHarness.Admin, 1, Ct);
        Assert.Equal(("connect", "no route to host"), (Known!.Probe.Checks[0].Name, Known.Probe.Checks[0].Detail));
        await _hosts.Commands.DeleteAsync(HostsHarness.Admin, 1, Ct);
        Assert.Null(Known);
    }

    [Fact]
    public async Task Probe_OfSettingsThatAreNotSaved_IsNot()
    {
        await _hosts.Commands.ProbeAsync(HostsHarness.Admin, Body("h2"), Ct);
        Assert.Empty(_hosts.Get<HostCheckBook>().All.Value);
    }

    [Theory]
    [InlineData("1000000000\n", HostCheckState.Ok, "agrees")]
    [InlineData("1000000061", HostCheckState.Warning, "61 s ahead of ours")]
    [InlineData("999999000", HostCheckState.Warning, "1000 s behind ours")]
    public void Clock_IsHeldAgainstOurs(string told, HostCheckState state, string words)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_000_000_000));
        var check = ClockCheck.OfSeconds(told, time);
        Assert.Equal(state, check?.State);
        Assert.Contains(words, check?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mon Nov 23")]
    [InlineData("-1")]
    [InlineData("9999999999999")]
    public void Clock_ThatIsNotTold_IsNoCheck(string told) =>
        Assert.Null(ClockCheck.OfSeconds(told, TimeProvider.System));

    private static HostBody Body(string name) => HostCommandsTests.Body(name);
}
