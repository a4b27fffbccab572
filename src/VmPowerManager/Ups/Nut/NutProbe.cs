using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>Asks an address for a NUT server, and that for its UPSes.</summary>
internal static class NutProbe
{
    /// <summary>Far above what one server has; each is asked for its model.</summary>
    private const int MostUpses = 50;

    /// <summary>What upsd says where ups.conf has no <c>desc</c>.</summary>
    private const string NoDescription = "Description unavailable";

    public static readonly IReadOnlyList<string> Identity = ["port", "upsName"];

    public static async Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, TimeProvider time, CancellationToken ct)
    {
        var endpoint = new NutEndpoint($"{probe.Address}", probe.Port);
        await using var client = await probe.FirstAsync(
            limited => NutClient.ConnectAsync(endpoint, time, lastGood: null, limited),
            time,
            ct
        );
        IReadOnlyList<NutUps> upses;
        try
        {
            upses = await probe.FirstAsync(client.ListUpsAsync, time, ct);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.AuthenticationFailed)
        {
            return [new UpsFound("", Settings(probe, "")) { Needs = "Needs a user name and a password" }];
        }
        var found = new List<UpsFound>();
        foreach (var ups in upses.Take(MostUpses))
            found.Add(
                new UpsFound(ups.Name, Settings(probe, ups.Name)) { Description = await ModelAsync(client, ups, ct) }
            );
        return found;
    }

    private static async Task<string?> ModelAsync(NutClient client, NutUps ups, CancellationToken ct)
    {
        if (ups.Description.Length > 0 && ups.Description != NoDescription)
            return ups.Description;
        try
        {
            var words = new[]
            {
                await client.GetVariableAsync(ups.Name, "ups.mfr", ct),
                await client.GetVariableAsync(ups.Name, "ups.model", ct),
            };
            var model = string.Join(' ', words.OfType<string>().Select(w => w.Trim())).Trim();
            return model.Length > 0 ? model : null;
        }
        catch (Exception e) when (e is DeviceException or NutDataStaleException)
        {
            return null;
        }
    }

    private static JsonElement Settings(UpsProbe probe, string ups) =>
        JsonSerializer.SerializeToElement(
            new
            {
                host = $"{probe.Address}",
                port = probe.Port,
                upsName = ups,
            },
            Json.Options
        );
}
