using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Hosts.Outlets;

/// <summary>A switched outlet of a PDU by SNMP. An outlet that is off is proof that the machine is off (POLICY C4); one that is on
/// says nothing of the machine: it may be shut down behind it.</summary>
internal sealed class OutletMethod(BmcOrders orders, TimeProvider time) : IBmc
{
    private const int DefaultPort = 161;

    public string Method => "pdu";

    public bool IsOutlet => true;

    public async Task<string> WakeAsync(WakeDevice host, CancellationToken ct)
    {
        await orders.WakeAsync(this, host, ct);
        return $"outlet {host.Settings.Outlet} has power; the machine starts if its firmware does so when power returns";
    }

    public async Task<BmcState> StateAsync(WakeDevice host, CancellationToken ct)
    {
        await using var client = Open(host);
        var off = await OffAsync(client, await OutletsAsync(client, host, ct), ct);
        return new(off.TrueForAll(o => o) ? BmcPower.Off : BmcPower.Unknown, RestorePolicy.Unknown);
    }

    public async Task SwitchAsync(WakeDevice host, BmcVerb verb, CancellationToken ct)
    {
        if (verb == BmcVerb.SoftOff)
            throw new DeviceException(DeviceFault.Unsupported, "An outlet cannot ask a system to shut down.");
        await using var client = Open(host);
        var outlets = await OutletsAsync(client, host, ct);
        foreach (var outlet in outlets)
            await client.SetAsync(
                [new(outlet.Command, SnmpValue.OfInteger(verb == BmcVerb.On ? outlet.ToOn : outlet.ToOff))],
                ct
            );
    }

    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        try
        {
            await using var client = Open(host);
            var outlets = await OutletsAsync(client, host, ct);
            var off = await OffAsync(client, outlets, ct);
            var told = OutletWords.Of(outlets.Select((o, i) => (o.Name, off[i])));
            return new(
                [
                    new(CheckNames.Connect, HostCheckState.Ok, $"{client.Endpoint} answers (SNMP): {told}"),
                    new(
                        CheckNames.Login,
                        HostCheckState.Warning,
                        $"whether this community may switch cannot be seen without doing it"
                    ),
                    Power(off),
                    new(
                        CheckNames.RestorePolicy,
                        host.RunsManager ? HostCheckState.Ok : HostCheckState.Warning,
                        $"power alone starts the machine only if its firmware is set to start when power returns"
                    ),
                ],
                off.TrueForAll(o => o) ? false : null
            );
        }
        catch (DeviceException e)
        {
            return new([BmcChecks.Of(e)]);
        }
    }

    private static HostCheck Power(List<bool> off) =>
        off.TrueForAll(o => o) ? new(CheckNames.Power, HostCheckState.Ok, $"the machine gets no power from here")
        : off.Contains(true) ? new(CheckNames.Power, HostCheckState.Warning, $"one of them is off, another is on")
        : new(CheckNames.Power, HostCheckState.Ok, $"it is on; whether the machine runs an outlet does not tell");

    private SnmpClient Open(WakeDevice host) =>
        new(
            new SnmpEndpoint(host.Settings.Host ?? "", host.Settings.Port ?? DefaultPort)
            {
                Community = host.Password ?? "",
            },
            time
        );

    /// <summary>Numbers are looked for in the tables of the makers that are known.</summary>
    private static async Task<IReadOnlyList<Outlet>> OutletsAsync(
        SnmpClient client,
        WakeDevice host,
        CancellationToken ct
    )
    {
        if (OutletList.Parse(host.Settings.Outlet) is not { } wanted)
            throw new DeviceException(DeviceFault.Refused, $"{host.Name}: \"{host.Settings.Outlet}\" names no outlet.");
        if (wanted.Numbers.Count == 0)
            return wanted.Objects;
        foreach (var dialect in OutletDialect.Known)
        {
            var found = await client.GetAsync([.. wanted.Numbers.Select(n => dialect.State.Append(n))], ct);
            if (found.Count == wanted.Numbers.Count)
                return [.. wanted.Objects, .. wanted.Numbers.Select(n => Of(dialect, n))];
        }
        throw new DeviceException(
            DeviceFault.Unsupported,
            $"{client.Endpoint} shows no outlet {string.Join(", ", wanted.Numbers)} in a table that this program knows "
                + $"({string.Join(", ", OutletDialect.Known.Select(d => d.Name))}): name its objects"
        );
    }

    private static Outlet Of(OutletDialect dialect, uint number) =>
        new(
            Sentence.Of($"outlet {number}"),
            dialect.State.Append(number),
            dialect.IsOff,
            dialect.Command.Append(number),
            dialect.ToOn,
            dialect.ToOff
        );

    /// <summary>For each outlet whether it says off; any other word is not off.</summary>
    private static async Task<List<bool>> OffAsync(
        SnmpClient client,
        IReadOnlyList<Outlet> outlets,
        CancellationToken ct
    )
    {
        var values = await client.GetAsync([.. outlets.Select(o => o.State)], ct);
        if (outlets.FirstOrDefault(o => !values.ContainsKey(o.State)) is { } missing)
            throw new DeviceException(DeviceFault.Unsupported, $"{client.Endpoint} does not tell {missing.Name}.");
        return [.. outlets.Select(o => values[o.State] is { IsNumber: true } v && v.Integer == o.IsOff)];
    }
}
