using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>What a person wants to know before a UPS is saved: does the server answer, what does it say of its UPS.</summary>
internal static class ApcupsdChecks
{
    /// <summary>Data older than this is worth a word: apcupsd asks its UPS too seldom for a quick answer.</summary>
    private static readonly TimeSpan OldData = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<UpsCheck>> RunAsync(NisClient client, CancellationToken ct)
    {
        NisStatus status;
        try
        {
            status = await client.StatusAsync(ct);
        }
        catch (DeviceException e)
        {
            var detail =
                e.Fault == DeviceFault.Unreachable
                    ? Sentence.Of(
                        $"{e.Message} apcupsd listens to other machines only with NETSERVER on and NISIP 0.0.0.0."
                    )
                    : Sentence.Verbatim(e.Message);
            return [new UpsCheck("connect", CheckState.Failed, detail)];
        }
        var connected = new UpsCheck(
            "connect",
            CheckState.Ok,
            $"apcupsd {status.Find("VERSION") ?? "?"} on {status.Find("HOSTNAME") ?? "?"} answers."
        );
        return await LastEventAsync(client, ct) is { } last
            ? [connected, Read(status), last]
            : [connected, Read(status)];
    }

    /// <summary>Tells a person whether it is the UPS that they mean. Many servers keep no such file.</summary>
    private static async Task<UpsCheck?> LastEventAsync(NisClient client, CancellationToken ct)
    {
        try
        {
            var events = await client.EventsAsync(ct);
            return events.Count == 0 ? null : new UpsCheck("events", CheckState.Ok, $"Last event: {events[^1]}");
        }
        catch (DeviceException)
        {
            return null;
        }
    }

    private static UpsCheck Read(NisStatus status)
    {
        try
        {
            ApcupsdStatus.ThrowIfStale(status);
        }
        catch (UpsStaleException e)
        {
            return new UpsCheck("read", CheckState.Failed, Sentence.Verbatim(e.Message));
        }
        var (flags, _) = ApcupsdStatus.Parse(status);
        var said = $"STATUS {status.Find("STATUS") ?? "(none)"}, STATFLAG {status.Find("STATFLAG") ?? "(none)"}";
        if (flags == UpsStatus.None)
            return new UpsCheck(
                "read",
                CheckState.Warning,
                $"{status.Fields.Count} values, but no usable status: {said}."
            );
        return ApcupsdStatus.DataAge(status) is { } age && age > OldData
            ? new UpsCheck(
                "read",
                CheckState.Warning,
                $"{said}. It asked its UPS {age.TotalSeconds:0} s ago: unless the UPS reports by itself (USB), a power failure shows only at the next time. Lower POLLTIME in apcupsd.conf."
            )
            : new UpsCheck("read", CheckState.Ok, $"{status.Fields.Count} values, {said}.");
    }
}
