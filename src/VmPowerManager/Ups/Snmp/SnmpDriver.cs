using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Snmp;

/// <summary>UPSes with a network card that speaks SNMP.</summary>
internal sealed class SnmpDriver(TimeProvider time) : IUpsDriver, IUpsDiscovery
{
    public string Id => SnmpSettings.Block;

    public UpsDriverTraits Traits { get; } =
        new(
            DefaultPollSeconds: 2,
            AlertPollSeconds: 1,
            Secrets: [SnmpSettings.CommunityKey, SnmpSettings.AuthPasswordKey, SnmpSettings.PrivPasswordKey],
            Address: ["host", "port"]
        )
        {
            Title = "SNMP card",
            Fields = SnmpSettings.Fields,
        };

    public JsonElement Normalise(JsonElement settings, FieldErrors errors) =>
        JsonSerializer.SerializeToElement(SnmpSettings.Parse(settings, errors), Json.Options);

    public IUpsSession Open(UpsDevice device)
    {
        var settings = SnmpSettings.From(device.Settings);
        return new SnmpSession(settings, settings.Endpoint(device.Secrets), time);
    }

    public int UsualPort => 161;

    public bool AsksCommunity => true;

    public IReadOnlyList<string> Identity => SnmpProbe.Identity;

    public Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, CancellationToken ct) =>
        SnmpProbe.FindAsync(probe, time, ct);
}
