using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>UPSes behind apcupsd's network information server: one UPS a server, read only.</summary>
internal sealed class ApcupsdDriver(TimeProvider time) : IUpsDriver, IUpsDiscovery
{
    public string Id => ApcupsdSettings.Block;

    /// <summary>A status costs apcupsd nothing: it answers from memory.</summary>
    public UpsDriverTraits Traits { get; } =
        new(DefaultPollSeconds: 1, AlertPollSeconds: 0.5, Secrets: [], Address: ["host", "port"])
        {
            Title = "apcupsd",
            Fields = ApcupsdSettings.Fields,
        };

    public JsonElement Normalise(JsonElement settings, FieldErrors errors)
    {
        var parsed = ApcupsdSettings.Parse(settings, errors);
        return JsonSerializer.SerializeToElement(new { parsed.Host, parsed.Port }, Json.Options);
    }

    public IUpsSession Open(UpsDevice device) =>
        new ApcupsdSession(new NisClient(ApcupsdSettings.From(device.Settings).Endpoint, time), time);

    public int UsualPort => NisEndpoint.UsualPort;

    public IReadOnlyList<string> Identity => ApcupsdProbe.Identity;

    public Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, CancellationToken ct) =>
        ApcupsdProbe.FindAsync(probe, time, ct);
}
