using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Platforms.Tests.Ssh;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>A real OpenSSH, behind it the real PowerShell engine with stand-ins for Hyper-V's cmdlets.</summary>
public sealed class HyperVSshPeer(LabFolder lab) : IGuestPeer
{
    private readonly SshPeer _ssh = new(lab);
    private readonly HyperVLab _windows = new(lab);

    public string Platform => "hyperv";
    public int Port => _ssh.Port;
    public string Willing => HyperVLab.Web;
    public string Stubborn => HyperVLab.Hung;
    public string Nobody => "bbbbbbbb-0000-4000-8000-000000000001";

    public async Task ReadyAsync()
    {
        await _ssh.ReadyAsync();
        await _windows.ReadyAsync();
    }

    public HostDevice Device(Way way) => _ssh.Device(way);

    public (HostDevice, string) Lacking()
    {
        _windows.Set(null, "denied", true);
        return (Device(new()), "hyperv");
    }

    public Task<int?> ContactsAsync() => _ssh.ContactsAsync();

    public async Task<bool> ShutdownSeenAsync() => (await _windows.PowerAsync()).Length > 0;

    public Task<(HostDevice Host, IAsyncDisposable Held)> WithGuestsAsync(int count)
    {
        _windows.Add(count);
        return Task.FromResult((Device(new()), Nothing.ToHold));
    }
}
