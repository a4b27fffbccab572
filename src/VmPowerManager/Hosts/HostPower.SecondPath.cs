using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>POLICY F8: a host whose pinned certificate has changed is told by SSH, where it has that block as well. Its BMC
/// is a rung of its ladder.</summary>
internal sealed partial class HostPower
{
    private const string Ssh = "ssh";

    public async Task<DeviceOutcome<bool>> HostAsync(int hostId, HostVerb verb, TimeSpan limit, CancellationToken ct)
    {
        var first = await RunAsync(hostId, (d, host, token) => Done(d.HostPowerAsync(host, verb, token)), limit, ct);
        if (first.Fault != DeviceFault.TrustChanged || directory.Find(hostId) is not { Driver: { } driver } entry)
            return first;
        if (!HasSshBeside(driver, entry.Settings) || directory.Driver(Ssh) is not { } ssh)
            return first;
        // Whoever answers in its place may answer by SSH as well.
        if (entry.Settings.Ssh?.HostKeyFingerprint is null)
            return first with
            {
                Words = $"{first.Words} By SSH: its host key is not pinned, so that it is not told that way.",
            };
        var second = await CallAsync(
            entry.Device,
            token => Done(ssh.HostPowerAsync(entry.Device, verb, token)),
            limit,
            ct
        );
        return second.Ok
            ? second with
            {
                Words = $"It was told by SSH. {first.Words}",
            }
            : first with
            {
                Words = $"{first.Words} By SSH: {second.Words}",
            };
    }

    /// <summary>Whether that way would do, each check under <c>ssh.</c>; what fails there is a warning, for the platform's own
    /// way is another one.</summary>
    private async Task<DeviceOutcome<HostProbe>> WithSecondPathAsync(
        Task<DeviceOutcome<HostProbe>> asked,
        IHostDriver driver,
        HostDevice host,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var settings = HostSettings.Of(host);
        // A platform that reads the block itself looks at it itself.
        if (driver.Blocks.Contains(Ssh) || !HasSshBeside(driver, settings) || directory.Driver(Ssh) is not { } ssh)
            return await asked;
        var second = HostProbe.Of(await _call.RunAsync(token => ssh.ProbeAsync(host, token), limit, ct));
        if (await asked is not { Ok: true, Value: { } found } outcome)
            return await asked;
        var checks = second.Checks.Select(c =>
            c with
            {
                Way = Ssh,
                State = c.State == HostCheckState.Failed ? HostCheckState.Warning : c.State,
            }
        );
        if (settings.Ssh?.HostKeyFingerprint is null)
            checks = checks.Append(
                new(
                    CheckNames.Pinned,
                    HostCheckState.Warning,
                    $"no SSH host key is pinned: where the certificate has changed, this way is not taken"
                )
                {
                    Way = Ssh,
                }
            );
        return outcome with
        {
            Value = found with
            {
                Checks = [.. found.Checks, .. checks],
                HostKeyFingerprint = found.HostKeyFingerprint ?? second.HostKeyFingerprint,
            },
        };
    }

    /// <summary>The platform's own way is another one. To Windows only the person knows what to say by SSH.</summary>
    private static bool HasSshBeside(IHostDriver driver, HostSettings settings) =>
        driver.Blocks is not [Ssh, ..]
        && settings.Ssh is { } ssh
        && (settings.Https is not null || (settings.Winrm is not null && ssh.ShutdownCommand is not null));
}
