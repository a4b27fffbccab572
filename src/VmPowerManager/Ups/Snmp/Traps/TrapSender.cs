using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp.Traps;

/// <summary>A UPS that may send traps.</summary>
internal sealed record TrapSender(int UpsId, string Name, SnmpEndpoint Endpoint)
{
    /// <summary>What its host is now.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    public SnmpUser? User =>
        Endpoint.Version is SnmpVersion.V3
            ? new SnmpUser(Endpoint.UserName)
            {
                Auth = Endpoint.Auth,
                AuthPassword = Endpoint.AuthPassword,
                Privacy = Endpoint.Privacy,
                PrivacyPassword = Endpoint.PrivacyPassword,
            }
            : null;

    public async Task<TrapSender> ResolvedAsync(CancellationToken ct)
    {
        if (IPAddress.TryParse(Endpoint.Host, out var literal))
            return this with { Addresses = [literal] };
        try
        {
            return this with { Addresses = [.. await Dns.GetHostAddressesAsync(Endpoint.Host, ct)] };
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // What it was before serves on.
            return this;
        }
    }
}
