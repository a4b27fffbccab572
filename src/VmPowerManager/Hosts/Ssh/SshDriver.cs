using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.Ssh;

/// <summary>A machine without guests that is told to shut down over SSH: NAS, server, router.</summary>
internal sealed class SshDriver(SshAccess ssh) : IHostDriver, IHostIdentity
{
    private const string Up = "true";

    public string Platform => "ssh";
    public IReadOnlyList<string> Blocks { get; } = ["ssh"];
    public HostCapabilities Capabilities => HostCapabilities.HostShutdown | HostCapabilities.Commands;

    public Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct) =>
        ssh.ProbeAsync(host, (_, _) => Task.CompletedTask, ct);

    public async Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct)
    {
        // Any answer proves that it is up, also one from a shell that knows no such command.
        await ssh.RunAsync(host, Protocols.Ssh.RemoteCommand.AsGiven(Up), ct);
        var at = SshAccess.Settings(host);
        return new HostInventory($"ssh:{at.Host}:{at.Port}", []);
    }

    public Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct) => GetStatesAsync(host, ct);

    public Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct) =>
        ssh.IdentifyAsync(host, HostIdentityScript.OfHost, ct);

    public Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    ) => throw new DeviceException(DeviceFault.Unsupported, "A host of platform ssh has no guests.");

    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        ssh.HostPowerAsync(host, verb, ct);

    /// <summary>Windows reads by cmd.exe or by PowerShell, as its administrator has set it.</summary>
    public CommandShell ShellOf(HostDevice host) =>
        SshAccess.Settings(host).Preset == "windows" ? CommandShell.Other : CommandShell.Posix;

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        ssh.RunCommandAsync(host, command, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, string input, CancellationToken ct) =>
        ssh.RunCommandAsync(host, command, input, ct);
}
