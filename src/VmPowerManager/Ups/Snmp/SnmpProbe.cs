using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Asks an address for a UPS's card: with each community by version 2c, then, where all is silent, by version 1 and
/// for an agent that speaks version 3 only.</summary>
internal static class SnmpProbe
{
    public static readonly IReadOnlyList<string> Identity = ["port"];

    private static readonly Oid SysName = Oid.Parse("1.3.6.1.2.1.1.5.0");

    /// <summary>One request, not repeated: a search goes on.</summary>
    private static readonly SnmpLimits Once = new() { Retries = 0 };

    public static async Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, TimeProvider time, CancellationToken ct)
    {
        var endpoint = new SnmpEndpoint($"{probe.Address}", probe.Port);
        var communities = probe.Communities.Select(c => endpoint with { Community = c }).ToArray();
        var found = await FirstAsync(communities, time, ct);
        if (found is null)
        {
            var hidden = IsAgentAsync(endpoint with { Version = SnmpVersion.V3 }, time, ct);
            found = await FirstAsync([.. communities.Select(c => c with { Version = SnmpVersion.V1 })], time, ct);
            if (await hidden && found is null)
                return [Hidden(probe)];
        }
        return found is null || await AskAsync(found, time, ct) is not { } ups ? [] : [ups];
    }

    /// <summary>The first of these, in their order, that the agent answers.</summary>
    private static async Task<SnmpEndpoint?> FirstAsync(SnmpEndpoint[] tries, TimeProvider time, CancellationToken ct)
    {
        var answers = await Task.WhenAll(tries.Select(t => IsAgentAsync(t, time, ct)));
        return tries.Zip(answers).FirstOrDefault(t => t.Second).First;
    }

    /// <summary>Whether somebody answers. A v3 agent does so with a report, though it knows no user without a name.</summary>
    private static async Task<bool> IsAgentAsync(SnmpEndpoint endpoint, TimeProvider time, CancellationToken ct)
    {
        await using var client = new SnmpClient(endpoint, time, Once);
        try
        {
            await client.GetAsync([Detector.SysDescr], ct);
            return true;
        }
        catch (SnmpException e)
        {
            return e.Reason is not (SnmpFault.Timeout or SnmpFault.Unreachable or SnmpFault.Malformed);
        }
    }

    /// <summary>Null where it is no UPS.</summary>
    private static async Task<UpsFound?> AskAsync(SnmpEndpoint endpoint, TimeProvider time, CancellationToken ct)
    {
        await using var client = new SnmpClient(endpoint, time);
        var agent = SnmpAgent.Of(client);
        var device = await Detector.RunAsync(agent, SnmpSettings.Auto, ct);
        if (!device.IsUps)
            return null;
        var names = await client.GetAsync([SysName], ct);
        var settings = Settings(endpoint.Host, endpoint.Port, endpoint.Version, endpoint.Community);
        return new UpsFound(names.GetValueOrDefault(SysName)?.Text.Trim() ?? "", settings)
        {
            Description = await ModelAsync(agent, ct) ?? device.Description,
        };
    }

    /// <summary>Manufacturer and model; null where it does not tell them now.</summary>
    private static async Task<string?> ModelAsync(SnmpAgent agent, CancellationToken ct)
    {
        try
        {
            var picture = await SnmpPicture.TakeAsync(agent, SnmpSettings.Auto, ct);
            var reading = SnmpReadings.Map(picture.Device, picture.Known, default, default);
            var model = string.Join(' ', new[] { reading.Vendor, reading.Model }.OfType<string>());
            return model.Length > 0 ? model : null;
        }
        catch (Exception e) when (e is DeviceException or UpsStaleException)
        {
            return null;
        }
    }

    private static UpsFound Hidden(UpsProbe probe) =>
        new("", Settings($"{probe.Address}", probe.Port, SnmpVersion.V3, community: null))
        {
            Description = "SNMP v3",
            Needs = "Answers with a user of SNMP version 3 only; may be something else than a UPS",
        };

    private static JsonElement Settings(string host, int port, SnmpVersion version, string? community) =>
        JsonSerializer.SerializeToElement(
            new
            {
                host,
                port,
                version = version switch
                {
                    SnmpVersion.V1 => "v1",
                    SnmpVersion.V2c => "v2c",
                    _ => "v3",
                },
                community,
                mib = SnmpSettings.Auto,
            },
            Json.Options
        );
}
