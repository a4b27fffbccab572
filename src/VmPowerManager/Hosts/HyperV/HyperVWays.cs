using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>The ways to a host that are set: WinRM, then SSH. The second is taken where the first does not let us in, and
/// then goes first for a while (POLICY F8).</summary>
internal sealed class HyperVWays(WinrmWay winrm, SshWay ssh, TimeProvider time)
{
    /// <summary>For an answer of the way that goes first: packets that are dropped must leave time for the other.</summary>
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(2);

    /// <summary>How long a way that did not let us in comes second.</summary>
    private static readonly TimeSpan Avoided = TimeSpan.FromMinutes(1);

    /// <summary>When WinRM did not let us in, by the host's id.</summary>
    private readonly ConcurrentDictionary<int, long> _avoided = new();

    /// <exception cref="DeviceException">Unreachable only where no way brought an answer (C4).</exception>
    public Task<PowerShellResult> RunAsync(HostDevice host, PowerShellScript script, CancellationToken ct) =>
        EitherAsync(host, (way, token) => way.RunAsync(host, script, token), ct);

    /// <inheritdoc cref="IPowerShellWay.TryRunAsync"/>
    public Task<PowerShellResult?> TryRunAsync(HostDevice host, PowerShellScript script, CancellationToken ct) =>
        EitherAsync(host, (way, token) => way.TryRunAsync(host, script, token), ct);

    /// <summary>The first way whole, and whether the second would do.</summary>
    public async Task<PowerShellProbe> ProbeAsync(HostDevice host, PowerShellScript script, CancellationToken ct)
    {
        var (first, second) = Of(host);
        if (second is null)
            return await first.ProbeAsync(host, script, ct);
        var asked = second.ProbeAsync(host, HyperVScripts.States(withCluster: false), ct);
        var probe = await first.ProbeAsync(host, script, ct);
        var other = await asked;
        var check = Trouble(other) is { } trouble
            ? new HostCheck(CheckNames.Ssh, HostCheckState.Warning, $"the second way, SSH, does not: {trouble}")
            : new HostCheck(CheckNames.Ssh, HostCheckState.Ok, $"the second way, SSH, lets us in");
        return probe with
        {
            Reached = probe.Reached with
            {
                Checks = [.. probe.Reached.Checks, check],
                HostKeyFingerprint = other.Reached.HostKeyFingerprint,
            },
        };
    }

    /// <summary>WinRM did not let us in a short while ago: SSH goes first.</summary>
    internal bool Avoids(HostDevice host) =>
        _avoided.TryGetValue(host.Id, out var since) && time.GetElapsedTime(since) < Avoided;

    /// <summary>Why the way would be of no use, or null.</summary>
    private static Sentence? Trouble(PowerShellProbe probe)
    {
        if (probe.Reached.Checks.FirstOrDefault(c => c.State == HostCheckState.Failed) is { } failed)
            return failed.Says;
        try
        {
            if (probe.Result is { } result)
                HyperVListing.Of(HyperVAnswer.Of(result));
            return null;
        }
        catch (DeviceException e)
        {
            return Sentence.Verbatim(e.Message);
        }
    }

    private async Task<T> EitherAsync<T>(
        HostDevice host,
        Func<IPowerShellWay, CancellationToken, Task<T>> call,
        CancellationToken ct
    )
    {
        var (first, second) = Of(host);
        if (second is null)
            return await call(first, ct);
        var swapped = Avoids(host);
        if (swapped)
            (first, second) = (second, first);
        DeviceException refused;
        try
        {
            return await PatientlyAsync(token => call(first, token), ct);
        }
        catch (DeviceException e) when (NotLetIn(e))
        {
            refused = e;
        }
        // Before the other is tried: that one may take all the time that is left.
        if (swapped)
            _avoided.TryRemove(host.Id, out _);
        else
            _avoided[host.Id] = time.GetTimestamp();
        try
        {
            return await call(second, ct);
        }
        catch (DeviceException e) when (NotLetIn(e))
        {
            _avoided.TryRemove(host.Id, out _);
            throw swapped ? Both(e, refused) : Both(refused, e);
        }
    }

    /// <summary>Gives up while nobody has answered: then nothing was begun.</summary>
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var hearing = Hearing.Begin();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var asked = call(leave.Token);
        await Task.WhenAny(asked, Task.Delay(Share, time, leave.Token));
        if (asked.IsCompleted || !hearing.NobodyAnswered)
            return await asked;
        await leave.CancelAsync();
        try
        {
            return await asked;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw hearing.NobodyAnswered
                ? new DeviceException(DeviceFault.Unreachable, $"no answer within {Share.TotalSeconds:0} s")
                : new DeviceException(DeviceFault.Timeout, $"answered too late, after {Share.TotalSeconds:0} s");
        }
    }

    private (IPowerShellWay First, IPowerShellWay? Second) Of(HostDevice host) =>
        HostSettings.Of(host) switch
        {
            { Winrm: not null, Ssh: not null } => (winrm, ssh),
            { Winrm: not null } => (winrm, null),
            _ => (ssh, null),
        };

    /// <summary>Two ways that do not lead in. Silence is only what both say (C4); else it is told who answered, WinRM before
    /// SSH, as the one that a person expects to work.</summary>
    private static DeviceException Both(DeviceException byWinrm, DeviceException bySsh)
    {
        var (told, other, name) =
            Silence(byWinrm) <= Silence(bySsh) ? (byWinrm, bySsh, "SSH") : (bySsh, byWinrm, "WinRM");
        return new DeviceException(told.Fault, $"{told.Message}; by {name}: {other.Message}", told);
    }

    /// <summary>The more, the less was heard.</summary>
    private static int Silence(DeviceException e) =>
        e.Fault != DeviceFault.Unreachable ? 0
        : HostFaults.ProvesNothing(e.Message) ? 1
        : e.Message.StartsWith(HostFaults.Refused, StringComparison.Ordinal) ? 2
        : 3;

    /// <summary>Nothing was begun.</summary>
    private static bool NotLetIn(DeviceException e) =>
        e switch
        {
            WsmanException { Begun: true } or HttpDeviceException { Sent: true } => false,
            HttpDeviceException { Fault: DeviceFault.Timeout } => true,
            _ => e.Fault is DeviceFault.Unreachable or DeviceFault.TrustChanged or DeviceFault.AuthenticationFailed,
        };
}
