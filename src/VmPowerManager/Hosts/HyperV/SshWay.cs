using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>OpenSSH for Windows; its shell may be cmd, PowerShell or another.</summary>
internal sealed class SshWay(SshAccess ssh, TimeProvider time) : IPowerShellWay
{
    public async Task<PowerShellResult> RunAsync(HostDevice host, PowerShellScript script, CancellationToken ct) =>
        Result(await ssh.RunAsync(host, Line(script), ct));

    public async Task<PowerShellResult?> TryRunAsync(HostDevice host, PowerShellScript script, CancellationToken ct)
    {
        var attempt = await ssh.TryRunAsync(host, Line(script), ct);
        return attempt is { Sent: true, Fault.Fault: DeviceFault.Unreachable } or { Value.ExitCode: null, Fault: null }
            ? null
            : Result(attempt.Result);
    }

    public async Task<PowerShellProbe> ProbeAsync(HostDevice host, PowerShellScript script, CancellationToken ct)
    {
        var probe = new SshProbe(SshAccess.Endpoint(host));
        using var connection = await probe.ConnectAsync(time, ct);
        var result = connection is null ? null : Result(await probe.RunAsync(Line(script), ct));
        return new(new HostProbe(probe.Checks, probe.Fingerprint), result);
    }

    private static RemoteCommand Line(PowerShellScript script) => RemoteCommand.AsGiven(script.Line);

    private static PowerShellResult Result(SshResult r) => new(r.ExitCode, r.Output, r.Error, r.Truncated);
}
