using VmPowerManager.Hosts;
using VmPowerManager.Hosts.WakeOnLan;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>What stands in the way of a magic packet, as far as it can be seen.</summary>
public sealed class WolChecksTests
{
    private static readonly OwnNetwork.Card Bridge = new("eth0", "172.17.0.2", IsVirtualCable: true);
    private static readonly OwnNetwork.Card Real = new("enp3s0", "192.0.2.10", IsVirtualCable: false);
    private readonly WolMethod _method = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void ContainerOnABridge_IsAFinding_WithWhatToDo()
    {
        var check = OwnNetwork.Judge(container: true, [Bridge], to: null);

        Assert.Equal(("network", HostCheckState.Failed), (check?.Name, check?.State));
        Assert.Contains("eth0 172.17.0.2", check?.Detail, StringComparison.Ordinal);
        Assert.Contains("host's network", check?.Detail, StringComparison.Ordinal);
        // One machine, not a broadcast, may be reached through the bridge while its address is still known.
        Assert.Equal(HostCheckState.Warning, OwnNetwork.Judge(true, [Bridge], "192.0.2.7")?.State);
        Assert.Equal(HostCheckState.Failed, OwnNetwork.Judge(true, [Bridge], "192.0.2.255")?.State);
    }

    [Fact]
    public void HostsNetwork_OrNoContainer_IsNone()
    {
        Assert.Null(OwnNetwork.Judge(container: true, [Bridge, Real], null));
        Assert.Null(OwnNetwork.Judge(container: false, [Bridge], null));
        Assert.Null(OwnNetwork.Judge(container: true, [], null));
    }

    [Theory]
    [InlineData("eth0 wol g", HostCheckState.Ok, "waits for magic packets")]
    [InlineData("eth0 wol pumbg", HostCheckState.Ok, "waits for magic packets")]
    [InlineData("eth0 wol d", HostCheckState.Failed, "ethtool -s eth0 wol g")]
    [InlineData("missing", HostCheckState.Failed, "no network card with the address 00:11:22:33:44:55")]
    [InlineData("eth0 sysfs disabled", HostCheckState.Warning, "may not wake")]
    [InlineData("eth0 sysfs enabled", HostCheckState.Warning, "ethtool cannot be run")]
    [InlineData("eth0 sysfs", HostCheckState.Warning, "ethtool cannot be run")]
    [InlineData("windows armed Intel(R) Ethernet I225-V", HostCheckState.Ok, "Intel(R) Ethernet I225-V may wake")]
    [InlineData("windows disarmed Realtek PCIe", HostCheckState.Failed, "powercfg /deviceenablewake \"Realtek PCIe\"")]
    [InlineData("'sh' is not recognized as a command", HostCheckState.Warning, "does not tell")]
    public async Task Card_IsAskedOfTheHostItself(string said, HostCheckState state, string words)
    {
        var asked = "";
        var probe = await _method.ProbeAsync(
            Device() with
            {
                Itself = new WakeRelay(
                    "h1",
                    (command, _) =>
                    {
                        asked = command;
                        return Task.FromResult(said + "\n");
                    }
                ),
            },
            Ct
        );

        var check = probe.Checks.Single(c => c.Name == "armed");
        Assert.Equal(state, check.State);
        Assert.Contains(words, check.Detail, StringComparison.Ordinal);
        Assert.EndsWith("'00:11:22:33:44:55'", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_OfWindows_IsAskedThroughPowerShell_WhereNoShellIsKnown()
    {
        var asked = new List<string>();
        var windows = new WakeRelay(
            "hv1",
            (command, _) =>
            {
                asked.Add(command);
                return command.StartsWith("powershell ", StringComparison.Ordinal)
                    ? Task.FromResult("windows armed Intel(R) I225-V\r\n")
                    : throw new DeviceException(DeviceFault.Refused, "'sh' is not recognized");
            }
        );
        var neither = new WakeRelay("x", (_, _) => throw new DeviceException(DeviceFault.Refused, "not allowed here"));

        var armed = (await _method.ProbeAsync(Device() with { Itself = windows }, Ct)).Checks.Single(c =>
            c.Name == "armed"
        );
        var unknown = (await _method.ProbeAsync(Device() with { Itself = neither }, Ct)).Checks.Single(c =>
            c.Name == "armed"
        );

        Assert.Equal((2, HostCheckState.Ok), (asked.Count, armed.State));
        Assert.Equal(HostCheckState.Warning, unknown.State);
        Assert.Contains("not allowed here", unknown.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_SendsInOurPlace_AndIsChecked()
    {
        var asked = new List<string>();
        var relay = new WakeRelay(
            "nas",
            (command, _) =>
            {
                asked.Add(command);
                return Task.FromResult("etherwake on eth1\n");
            }
        );

        var probe = await _method.ProbeAsync(Device(relay), Ct);
        var words = await _method.WakeAsync(Device(relay), Ct);

        Assert.Equal("nas sends it with etherwake on eth1", probe.Checks.Single(c => c.Name == "relay").Detail);
        Assert.Equal("magic packet sent by nas with etherwake on eth1", words);
        Assert.All(asked, c => Assert.Contains("'00:11:22:33:44:55'", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Relay_ThatCannot_IsToldInItsWords()
    {
        var relay = new WakeRelay(
            "nas",
            (_, _) => throw new DeviceException(DeviceFault.Refused, "exit code 127: it has none of them")
        );

        var check = (await _method.ProbeAsync(Device(relay), Ct)).Checks.Single(c => c.Name == "relay");

        Assert.Equal(HostCheckState.Failed, check.State);
        Assert.Contains("it has none of them", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordThatIsNone_IsRefused()
    {
        var device = Device() with { Password = "abc" };

        Assert.Equal(
            DeviceFault.Refused,
            (await Assert.ThrowsAsync<DeviceException>(() => _method.WakeAsync(device, Ct))).Fault
        );
        Assert.Equal(HostCheckState.Failed, Assert.Single((await _method.ProbeAsync(device, Ct)).Checks).State);
    }

    private static WakeDevice Device(WakeRelay? relay = null) =>
        new(
            "h1",
            new WakeSettings
            {
                Method = "wol",
                MacAddress = "00-11-22-33-44-55",
                Host = "127.0.0.1",
            },
            null,
            relay
        );
}
