using VmPowerManager.Core;
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
        Add(CheckNames.Connect, HostCheckState.Ok, $"{endpoint.Host}:{endpoint.Port} ({_connection.Address}) answers");
        AddHostKey();
        Add(CheckNames.Login, HostCheckState.Ok, $"logged in as {endpoint.UserName}");
        return _connection;
    }

    /// <summary>Checks that the shutdown command is there and allowed, without running it.</summary>
    public async Task CheckShutdownAsync(HostPowerCommand command, CancellationToken ct)
    {
        var name = CheckNames.ShutdownCommand;
        if (command.Check is null)
        {
            Add(name, HostCheckState.Warning, $"\"{command.Shown}\" cannot be checked without running it");
            return;
        }
        var result = await RunAsync(command.Check, ct);
        if (!result.Succeeded)
            Add(name, HostCheckState.Failed, $"\"{command.Shown}\" is not found or not allowed: {result.Words}");
        else if (command.Proof is not { } proof)
            Add(name, HostCheckState.Ok, $"\"{command.Shown}\": {result.Output.Trim()}");
        else if (result.Output.Contains(proof, StringComparison.Ordinal))
            Add(name, HostCheckState.Ok, $"\"{command.Shown}\": {proof}");
        else
            Add(name, HostCheckState.Failed, $"\"{command.Shown}\" is not allowed: {endpoint.UserName} has no {proof}");
    }

    /// <summary>Checks its clock against ours; a system that does not tell the time has no such check.</summary>
    public async Task CheckClockAsync(SshPreset? preset, TimeProvider time, CancellationToken ct)
    {
        var question = preset?.Clock is { } line ? RemoteCommand.AsGiven(line) : RemoteCommand.Script("date +%s", []);
        var result = await RunAsync(question, ct);
        if (result.Succeeded && ClockCheck.OfSeconds(result.Output, time) is { } check)
            _checks.Add(check);
    }

    public void Add(CheckName name, HostCheckState state, Sentence says) => _checks.Add(new(name, state, says));

    /// <summary>Runs a command on the probe's own connection.</summary>
    /// <exception cref="DeviceException">As <see cref="SshConnection.RunAsync"/>'s.</exception>
    public Task<SshResult> RunAsync(RemoteCommand command, CancellationToken ct) =>
        _connection!.RunAsync(command, null, ct); // not null: the steps run after ConnectAsync gave it

    /// <summary>Each fault tells how far it came.</summary>
    private void Failed(DeviceException e)
    {
        var step = e.Fault switch
        {
            DeviceFault.TrustChanged => CheckNames.HostKey,
            DeviceFault.AuthenticationFailed => CheckNames.Login,
            _ => CheckNames.Connect,
        };
        if (step != CheckNames.Connect && Fingerprint is not null)
            Add(CheckNames.Connect, HostCheckState.Ok, $"{endpoint.Host}:{endpoint.Port} answers");
        if (step == CheckNames.Login && Fingerprint is not null)
            AddHostKey();
        Add(step, HostCheckState.Failed, Sentence.Verbatim(e.Message));
    }

    private void AddHostKey() =>
        Add(
            CheckNames.HostKey,
            HostCheckState.Ok,
            endpoint.HostKeyFingerprint is null
                ? Sentence.Of($"{Fingerprint}: not pinned, the first key seen will be trusted")
                : Sentence.Of($"{Fingerprint} is the pinned key")
        );
}
