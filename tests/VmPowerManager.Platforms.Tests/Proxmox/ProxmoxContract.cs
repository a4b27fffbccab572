using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Proxmox;

public sealed class ProxmoxContract(ProxmoxPeer peer, ITestOutputHelper output)
    : GuestContract(peer, output),
        IClassFixture<ProxmoxPeer>;

public sealed class BackupServerContract(BackupServerPeer peer) : HostContract(peer), IClassFixture<BackupServerPeer>
{
    private readonly BackupServerPeer _peer = peer;

    [Fact]
    public async Task Clock_IsHeldAgainstOurs()
    {
        var right = await Driver.ProbeAsync(Host, Ct);
        _peer.Server.ClockAhead = TimeSpan.FromMinutes(-5);
        var wrong = await Driver.ProbeAsync(Host, Ct);

        Assert.Equal(HostCheckState.Ok, right.Checks.Single(c => c.Name == "clock").State);
        var check = wrong.Checks.Single(c => c.Name == "clock");
        Assert.Equal(HostCheckState.Warning, check.State);
        Assert.Contains("s behind ours", check.Detail, StringComparison.Ordinal);
    }
}
