using VmPowerManager.Hosts;
using VmPowerManager.Lab;

namespace VmPowerManager.Platforms.Tests.Bmc;

/// <summary>OpenIPMI's simulator, a real IPMI 2.0 peer.</summary>
public sealed class IpmiPeer(IpmiLab lab) : IBmcPeer
{
    private int Before { get; set; }
    private bool _frozen;

    public string Method => "ipmi";

    public bool IsOn => lab.IsOn;

    public int Orders => lab.Told.Count - Before;

    public async Task ReadyAsync()
    {
        await lab.RequireAsync();
        Before = lab.Told.Count;
    }

    public WakeDevice Device(string? password = null) =>
        new(
            "kvm1",
            new WakeSettings
            {
                Method = Method,
                Host = "127.0.0.1",
                Port = lab.Port,
                UserName = IpmiLab.User,
            },
            password ?? IpmiLab.Password
        );

    public Task LoseAsync() => lab.RunAsync("power", "0");

    public Task StickAsync() => lab.RunAsync("stuck", "yes");

    public async Task FallSilentAsync()
    {
        await lab.RunAsync("freeze");
        _frozen = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_frozen)
            await lab.RunAsync("thaw");
    }
}

public sealed class IpmiContract(IpmiLab lab) : BmcContract(new IpmiPeer(lab));
