using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Libvirt;

namespace VmPowerManager.Platforms.Tests.Bmc;

/// <summary>pyghmi's controller in front of a real guest: an order of ours really takes its power.</summary>
public sealed class GuestBmcTests(LabFolder lab) : IAsyncLifetime
{
    private readonly LibvirtPeer _libvirt = new(lab);
    private readonly Drivers _drivers = new();
    private static int _port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var pyghmi = "/usr/lib/python3/dist-packages/pyghmi";
        LabFolder.SkipIf(Directory.Exists(pyghmi) ? null : "python3-pyghmi is not installed");
        await _libvirt.ReadyAsync();
        if (_port != 0)
            return;
        _port = LabFolder.FreePort();
        await lab.RunAsync("ipmi", "guest", $"{_port}", "vm1");
    }

    public ValueTask DisposeAsync() => _drivers.DisposeAsync();

    [Fact]
    public async Task SoftOff_Off_AndOn_AreTheGuests()
    {
        var bmc = (IBmc)_drivers.Waking("ipmi");
        var orders = _drivers.Get<BmcOrders>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        Assert.Equal(BmcPower.On, (await bmc.StateAsync(Device, Ct)).Power);

        await bmc.SwitchAsync(Device, BmcVerb.SoftOff, Ct);
        await Soon.BecomesTrueAsync(async () => await StateAsync() == "shut off", "the guest heeds the button");

        Assert.Equal("its controller gave it power", await orders.WakeAsync(bmc, Device, limit.Token));
        Assert.Equal("running", await StateAsync());

        await orders.OffAsync(bmc, Device, () => { }, limit.Token);
        Assert.Equal("shut off", await StateAsync());
    }

    private static WakeDevice Device =>
        new(
            "vm1",
            new WakeSettings
            {
                Method = "ipmi",
                Host = "127.0.0.1",
                Port = _port,
                UserName = "admin",
            },
            "lab-ipmi-12"
        );

    private async Task<string> StateAsync() => (await _libvirt.VirshAsync("domstate", "vm1")).Trim();
}
