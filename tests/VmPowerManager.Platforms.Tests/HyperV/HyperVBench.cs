using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>What only Hyper-V has, over WinRM to the engine.</summary>
public abstract class HyperVBench(LabFolder folder) : IAsyncLifetime
{
    private readonly Drivers _drivers = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;
    private protected HyperVWinrmPeer Peer { get; } = new(folder);
    private protected HyperVLab Lab => Peer.Windows;
    private protected HostDevice Host => Peer.Device(new());
    private protected IHostDriver Driver => _drivers.Of("hyperv");

    public async ValueTask InitializeAsync() => await Peer.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _drivers.DisposeAsync();
        await Peer.DisposeAsync();
    }

    private protected static Task<DeviceException> FaultAsync(Task asked) =>
        Assert.ThrowsAnyAsync<DeviceException>(() => asked);
}
