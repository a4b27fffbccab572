using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>What all platforms that are reached over SSH share: the connection, the host's own power, the user's
/// commands, and the first steps of a probe.</summary>
internal sealed class SshAccess(SshConnectionPool pool, TimeProvider time)
{
    /// <summary>Runs a command on the host's standing connection.</summary>
    /// <exception cref="DeviceException">As <see cref="SshConnectionPool.RunAsync"/>'s.</exception>
    public Task<SshResult> RunAsync(HostDevice host, RemoteCommand command, CancellationToken ct) =>
        pool.RunAsync(Endpoint(host), command, null, ct);

    /// <summary>As <see cref="RunAsync"/>, and tells whether a command that failed was sent.</summary>
    public Task<SshAttempt> TryRunAsync(HostDevice host, RemoteCommand command, CancellationToken ct) =>
        pool.TryRunAsync(Endpoint(host), command, null, ct);

    /// <summary>Asks the host to shut down or reboot. Accepted is exit code 0, or an end of the conversation after the
    /// command was sent: a host that goes down at once takes its SSH server with it.</summary>
    /// <exception cref="DeviceException">Refused, with the command's words.</exception>
    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        HostPowerAsync(host, HostPowerCommand.For(Settings(host), verb), ct);

    /// <summary>As the other, with a platform's own command.</summary>
    public async Task HostPowerAsync(HostDevice host, HostPowerCommand command, CancellationToken ct)
    {
        var attempt = await pool.TryRunAsync(Endpoint(host), command.Line, null, ct);
        if (
            attempt
            is { Sent: true, Fault.Fault: DeviceFault.Unreachable }
                or { Value.ExitCode: 0 or null, Fault: null }
        )
            return;
        throw new DeviceException(DeviceFault.Refused, $"{command.Shown}: {attempt.Result.Words}");
    }

    /// <summary>Runs a person's command as given.</summary>
    /// <exception cref="DeviceException">Refused when it exits other than 0.</exception>
    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        RunCommandAsync(host, command, null, ct);

    /// <inheritdoc cref="RunCommandAsync(HostDevice, string, CancellationToken)"/>
    /// <param name="input">What it reads, if anything.</param>
    public async Task<string> RunCommandAsync(HostDevice host, string command, string? input, CancellationToken ct)
    {
        var result = await pool.RunAsync(Endpoint(host), RemoteCommand.AsGiven(command), input, ct);
        return result.Succeeded
            ? result.Output
            : throw new DeviceException(
                DeviceFault.Refused,
                result.Silent ? result.Words : $"exit code {result.ExitCode}: {result.Words}"
            );
    }

    /// <summary>Which machine answers there. A shell that does not know the question tells nothing.</summary>
    public async Task<HostIdentity> IdentifyAsync(HostDevice host, RemoteCommand question, CancellationToken ct) =>
        HostIdentityScript.Parse((await RunAsync(host, question, ct)).Output);

    /// <summary>Connects and logs in anew, with the settings as they are now, then checks the shutdown command and what
    /// <paramref name="more"/> adds.</summary>
    public async Task<HostProbe> ProbeAsync(
        HostDevice host,
        Func<SshProbe, CancellationToken, Task> more,
        CancellationToken ct
    )
    {
        var probe = new SshProbe(Endpoint(host));
        using var connection = await probe.ConnectAsync(time, ct);
        if (connection is not null)
        {
            await more(probe, ct);
            await probe.CheckShutdownAsync(HostPowerCommand.For(Settings(host), HostVerb.Shutdown), ct);
            await probe.CheckClockAsync(SshPreset.Find(Settings(host).Preset), time, ct);
        }
        return new HostProbe(probe.Checks, probe.Fingerprint);
    }

    /// <summary>A probe that is not connected yet, for platforms to which SSH is a second way.</summary>
    public static SshProbe Probe(HostDevice host) => new(Endpoint(host));

    /// <inheritdoc cref="SshProbe.ConnectAsync"/>
    public Task<SshConnection?> ConnectAsync(SshProbe probe, CancellationToken ct) => probe.ConnectAsync(time, ct);

    public static SshSettings Settings(HostDevice host) =>
        HostSettings.Of(host).Ssh
        ?? throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no SSH settings.");

    public static SshEndpoint Endpoint(HostDevice host)
    {
        var ssh = Settings(host);
        return new SshEndpoint(
            ssh.Host,
            ssh.Port,
            ssh.UserName,
            host.Secrets.GetValueOrDefault(HostSecrets.SshPassword),
            host.Secrets.GetValueOrDefault(HostSecrets.SshPrivateKey),
            host.Secrets.GetValueOrDefault(HostSecrets.SshPassphrase),
            ssh.HostKeyFingerprint
        );
    }
}
