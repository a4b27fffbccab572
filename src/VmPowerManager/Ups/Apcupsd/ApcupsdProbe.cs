using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>Asks an address whether apcupsd serves there.</summary>
internal static class ApcupsdProbe
{
    public static readonly IReadOnlyList<string> Identity = ["port"];

    public static async Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, TimeProvider time, CancellationToken ct)
    {
        var host = $"{probe.Address}";
        await using var client = new NisClient(new NisEndpoint(host, probe.Port), time);
        var status = await probe.FirstAsync(client.StatusAsync, time, ct);
        var settings = JsonSerializer.SerializeToElement(new { host, port = probe.Port }, Json.Options);
        return
        [
            new UpsFound(status.Find("UPSNAME") ?? status.Find("HOSTNAME") ?? "", settings)
            {
                Description = status.Find("APCMODEL") ?? status.Find("MODEL"),
            },
        ];
    }
}
