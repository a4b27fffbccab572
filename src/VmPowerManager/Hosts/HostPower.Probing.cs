using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>Whether the ways to wake a host would work, and are its own.</summary>
internal sealed partial class HostPower
{
    /// <summary>Adds to a host's probe what its wake methods found, each check under <c>wake[i].</c>; all at once.</summary>
    private async Task<DeviceOutcome<HostProbe>> WithWakeAsync(
        Task<DeviceOutcome<HostProbe>> asked,
        HostDevice host,
        HostEntry? saved,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var ways = HostSettings.Of(host).Wake;
        var probes = await Task.WhenAll(ways.Select((_, i) => ProbeWakeAsync(host, i, saved, limit, ct)));
        if (await asked is not { Ok: true, Value: { } found } outcome)
            return await asked;
        var answers = found.Checks.Any(c => c is { Name: "connect", State: HostCheckState.Ok });
        var itself = answers && probes.Any(p => p.MachineUuid is not null) ? await UuidAsync(saved, limit, ct) : null;
        var outlets = ways.Select(w => Way(w.Method) is IBmc { IsOutlet: true }).ToList();
        var oneIsOn = probes.Where((p, i) => outlets[i] && p.HasPower != false).Any();
        var checks = probes.SelectMany(
            (probe, i) =>
                probe
                    .Checks.Select(c => answers ? Doubted(c, probe, outlets[i] && oneIsOn) : c)
                    .Concat(Identity(probe, itself))
                    .Select(c => c with { Way = $"wake[{i}]" })
        );
        return outcome with { Value = found with { Checks = [.. found.Checks, .. checks] } };
    }

    private async Task<WakeProbe> ProbeWakeAsync(
        HostDevice host,
        int method,
        HostEntry? saved,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var settings = HostSettings.Of(host).Wake[method];
        if (Way(settings.Method) is not { } way)
            return new([
                new(CheckNames.Method, HostCheckState.Failed, $"{settings.Method} is not known to this version"),
            ]);
        var outcome = await CallAsync(
            host,
            token => way.ProbeAsync(WakeDeviceOf(host, method, saved), token),
            limit,
            ct
        );
        return outcome.Value ?? new([HostProbe.Silent(outcome.Words)]);
    }

    /// <summary>What the host itself says; null: it does not tell, or is not saved yet.</summary>
    private async Task<string?> UuidAsync(HostEntry? saved, TimeSpan limit, CancellationToken ct)
    {
        if (saved is not { Driver: IHostIdentity telling })
            return null;
        var told = await CallAsync(saved.Device, token => telling.IdentifyAsync(saved.Device, token), limit, ct);
        return told.Value?.ProductUuid;
    }

    /// <summary>A controller that says "off" of a machine that answers is another machine's: its orders would hit that one.</summary>
    /// <param name="otherFeed">It is an outlet of several, and another one has power.</param>
    private static HostCheck Doubted(HostCheck check, WakeProbe probe, bool otherFeed) =>
        check.Kind != CheckNames.Power || probe.HasPower != false ? check
        : otherFeed
            ? check with
            {
                State = HostCheckState.Warning,
                Says = Sentence.Of($"it is off, and the host answers: it lives on its other supply alone"),
            }
        : check with
        {
            State = HostCheckState.Failed,
            Says = Sentence.Of(
                $"it says that the machine is off, but the host answers: is this the controller of another machine?"
            ),
        };

    private static IEnumerable<HostCheck> Identity(WakeProbe probe, string? itself)
    {
        if (MachineUuid.Same(probe.MachineUuid, itself) is { } same)
            yield return same
                ? new(CheckNames.Identity, HostCheckState.Ok, $"it is the controller of this machine ({itself})")
                : new(
                    CheckNames.Identity,
                    HostCheckState.Failed,
                    $"it says that its machine is {probe.MachineUuid}, but the host says that it is {itself}: is this the controller of another machine?"
                );
    }
}
