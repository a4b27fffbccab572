using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>A probe over SSH in the making: its connection and its checks so far.</summary>
internal sealed class SshProbe(SshEndpoint endpoint)
{
    private readonly List<HostCheck> _checks = [];
    private SshConnection? _connection;

    public IReadOnlyList<HostCheck> Checks => _checks;
    public string? Fingerprint { get; private set; }

    /// <summary>Checks <c>connect</c>, <c>hostKey</c>, <c>login</c>; null when one of them failed.</summary>
    public async Task<SshConnection?> ConnectAsync(TimeProvider time, CancellationToken ct)
    {
        try
        {
            _connection = await SshConnection.ConnectAsync(
                endpoint,
                SshLimits.Default,
                time,
                null,
                key => Fingerprint = key,
                ct
            );
        }
        catch (DeviceException e)
        {
            Failed(e);
            return null;
        }
        Add("connect", HostCheckState.Ok, $"{endpoint.Host}:{endpoint.Port} ({_connection.Address}) answers");
        AddHostKey();
        Add("login", HostCheckState.Ok, $"logged in as {endpoint.UserName}");
        return _connection;
    }

    /// <summary>Checks that the shutdown command is there and allowed, without running it.</summary>
    public async Task CheckShutdownAsync(HostPowerCommand command, CancellationToken ct)
    {
        const string name = "shutdownCommand";
        if (command.Check is null)
        {
            Add(name, HostCheckState.Warning, $"\"{command.Shown}\" cannot be checked without running it");
            return;
        }
        var result = await RunAsync(command.Check, ct);
        if (result.Succeeded)
            Add(name, HostCheckState.Ok, $"\"{command.Shown}\": {result.Output.Trim()}");
        else
            Add(name, HostCheckState.Failed, $"\"{command.Shown}\" is not found or not allowed: {result.Words}");
    }

    public void Add(string name, HostCheckState state, string detail) => _checks.Add(new(name, state, detail));

    /// <summary>Runs a command on the probe's own connection.</summary>
    /// <exception cref="DeviceException">As <see cref="SshConnection.RunAsync"/>'s.</exception>
    public Task<SshResult> RunAsync(RemoteCommand command, CancellationToken ct) =>
        _connection!.RunAsync(command, null, ct); // not null: the steps run after ConnectAsync gave it

    /// <summary>Each fault tells how far it came.</summary>
    private void Failed(DeviceException e)
    {
        var step = e.Fault switch
        {
            DeviceFault.TrustChanged => "hostKey",
            DeviceFault.AuthenticationFailed => "login",
            _ => "connect",
        };
        if (step != "connect" && Fingerprint is not null)
            Add("connect", HostCheckState.Ok, $"{endpoint.Host}:{endpoint.Port} answers");
        if (step == "login" && Fingerprint is not null)
            AddHostKey();
        Add(step, HostCheckState.Failed, e.Message);
    }

    private void AddHostKey() =>
        Add(
            "hostKey",
            HostCheckState.Ok,
            endpoint.HostKeyFingerprint is null
                ? $"{Fingerprint}: not pinned, the first key seen will be trusted"
                : $"{Fingerprint} is the pinned key"
        );
}
