using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Hosts.Outlets;

/// <summary>A switched outlet of a PDU or a UPS that a NUT server serves. What its status is worth is as
/// <see cref="OutletMethod"/> says, and as old as the driver's last poll.</summary>
internal sealed class NutOutletMethod(TimeProvider time) : IBmc
{
    private const int DefaultPort = 3493;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a status may take to follow an order.</summary>
    private static readonly TimeSpan OnWithin = TimeSpan.FromSeconds(10);

    /// <summary>Statuses that may be nothing but what we have set, and until when.</summary>
    private readonly ConcurrentDictionary<(string Server, string Outlets), (long Since, TimeSpan For)> _echoes = new();

    public string Method => "nutOutlet";

    public async Task<string> WakeAsync(WakeDevice host, CancellationToken ct)
    {
        var outlets = OutletsOf(host);
        await using var session = await OpenAsync(host, outlets, ct);
        if ((await session.OffAsync(outlets.Numbers, ct)).All(off => !off))
            return $"outlet {Named(session, outlets)} has power already: nothing was asked";
        if (await SwitchAsync(session, host, outlets, on: true, ct))
            return $"outlet {Named(session, outlets)} was told to give power; its driver tells what became of it at its next poll";
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < OnWithin; )
        {
            if ((await session.OffAsync(outlets.Numbers, ct)).All(off => !off))
                return $"outlet {Named(session, outlets)} has power; the machine starts if its firmware does so when power returns";
            await Task.Delay(Pause, time, ct);
        }
        throw new DeviceException(
            DeviceFault.Refused,
            $"the driver of {session.Device} took the order, and outlet {Named(session, outlets)} still says off after "
                + $"{OnWithin.TotalSeconds:0} s; a driver that polls its device more seldom tells it later (pollfreq)"
        );
    }

    public async Task<BmcState> StateAsync(WakeDevice host, CancellationToken ct)
    {
        var outlets = OutletsOf(host);
        await using var session = await OpenAsync(host, outlets, ct);
        var off = await session.OffAsync(outlets.Numbers, ct);
        return new(off.All(o => o) && !IsEcho(host) ? BmcPower.Off : BmcPower.Unknown, RestorePolicy.Unknown);
    }

    public async Task SwitchAsync(WakeDevice host, BmcVerb verb, CancellationToken ct)
    {
        if (verb == BmcVerb.SoftOff)
            throw new DeviceException(DeviceFault.Unsupported, "An outlet cannot ask a system to shut down.");
        var outlets = OutletsOf(host);
        await using var session = await OpenAsync(host, outlets, ct);
        await SwitchAsync(session, host, outlets, verb == BmcVerb.On, ct);
    }

    /// <summary>True: the statuses are an echo for now.</summary>
    private async Task<bool> SwitchAsync(
        NutOutletSession session,
        WakeDevice host,
        NutOutlets outlets,
        bool on,
        CancellationToken ct
    )
    {
        var echoes = false;
        await session.SwitchAsync(
            outlets.Numbers,
            on,
            forSoLong => (echoes, _echoes[KeyOf(host)]) = (true, (time.GetTimestamp(), forSoLong)),
            ct
        );
        return echoes;
    }

    private bool IsEcho(WakeDevice host) =>
        _echoes.TryGetValue(KeyOf(host), out var echo) && time.GetElapsedTime(echo.Since) < echo.For;

    private static (string Server, string Outlets) KeyOf(WakeDevice host) =>
        ($"{EndpointOf(host)}", host.Settings.Outlet ?? "");

    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        try
        {
            var outlets = OutletsOf(host);
            await using var session = await OpenAsync(host, outlets, ct);
            var off = await session.OffAsync(outlets.Numbers, ct);
            var told = OutletWords.Of(outlets.Numbers.Select((o, i) => (Sentence.Of($"outlet {o}"), off[i])));
            return new(
                [
                    new(
                        CheckNames.Connect,
                        HostCheckState.Ok,
                        $"{EndpointOf(host)} answers (NUT), {session.Device}: {told}"
                    ),
                    .. await MayAsync(session, host, outlets, ct),
                    new(
                        CheckNames.RestorePolicy,
                        host.RunsManager ? HostCheckState.Ok : HostCheckState.Warning,
                        $"power alone starts the machine only if its firmware is set to start when power returns"
                    ),
                ],
                off.All(o => o) && !IsEcho(host) ? false : null
            );
        }
        catch (DeviceException e)
        {
            return new([BmcChecks.Of(e)]);
        }
    }

    /// <summary>Whether the driver could, and whether the user may, as far as that shows without switching.</summary>
    private static async Task<IEnumerable<HostCheck>> MayAsync(
        NutOutletSession session,
        WakeDevice host,
        NutOutlets outlets,
        CancellationToken ct
    )
    {
        var ways = (await session.WaysAsync(outlets.Numbers, on: false, ct))
            .Concat(await session.WaysAsync(outlets.Numbers, on: true, ct))
            .ToList();
        HostCheck can = ways.Contains(null)
            ? new(
                CheckNames.Power,
                HostCheckState.Failed,
                $"the driver of {session.Device} offers no command and no variable that switches outlet {string.Join(", ", outlets.Numbers)}"
            )
            : new(CheckNames.Power, HostCheckState.Ok, $"by {string.Join(", ", ways.Distinct())}");
        var user = host.Settings.UserName;
        HostCheck may = await session.MayAsync(ct) switch
        {
            NutCredential.Accepted => new(CheckNames.Login, HostCheckState.Ok, $"the server accepts {user}"),
            _ when user is null => new(
                CheckNames.Login,
                HostCheckState.Failed,
                $"a server lets nobody switch without a user"
            ),
            _ => new(
                CheckNames.Login,
                HostCheckState.Warning,
                $"whether {user} may switch cannot be seen without doing it: the server refuses this user what can be tried without harm (actions = SET); wrong user name or password looks the same"
            ),
        };
        return [can, may];
    }

    private Task<NutOutletSession> OpenAsync(WakeDevice host, NutOutlets outlets, CancellationToken ct) =>
        NutOutletSession.OpenAsync(EndpointOf(host), outlets.Device, time, ct);

    private static NutOutlets OutletsOf(WakeDevice host) =>
        NutOutlets.Parse(host.Settings.Outlet)
        ?? throw new DeviceException(DeviceFault.Refused, $"{host.Name}: \"{host.Settings.Outlet}\" names no outlet.");

    /// <summary>Encrypted where a certificate is given.</summary>
    private static NutEndpoint EndpointOf(WakeDevice host) =>
        new(host.Settings.Host ?? "", host.Settings.Port ?? DefaultPort)
        {
            UserName = host.Settings.UserName,
            Password = host.Password,
            StartTls = host.Settings.CertificateFingerprint is not null,
            CertificateFingerprint = host.Settings.CertificateFingerprint,
        };

    private static string Named(NutOutletSession session, NutOutlets outlets) =>
        $"{session.Device}:{string.Join(",", outlets.Numbers)}";
}
