using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>UPSes behind a NUT server.</summary>
internal sealed class NutDriver(NutConnectionPool pool, TimeProvider time) : IUpsDriver, IUpsListing, IUpsDiscovery
{
    public string Id => NutSettings.Block;

    public UpsDriverTraits Traits { get; } =
        new(DefaultPollSeconds: 1, AlertPollSeconds: 0.5, Secrets: [NutSettings.PasswordKey], Address: ["host", "port"])
        {
            Title = "NUT server",
            Fields = NutSettings.Fields,
        };

    public JsonElement Normalise(JsonElement settings, FieldErrors errors) =>
        JsonSerializer.SerializeToElement(NutSettings.Parse(settings, errors), Json.Options);

    public string ListedKey => NutSettings.UpsNameKey;

    public async Task<IReadOnlyList<UpsListed>> ListAsync(UpsDevice device, CancellationToken ct)
    {
        var endpoint = NutSettings.From(device.Settings).Endpoint(device.Secrets);
        // Reading needs no user, and a wrong password is told by the test.
        var reader = endpoint with
        {
            UserName = null,
            Password = null,
        };
        await using var client = await NutClient.OpenAsync(reader, time, lastGood: null, ct);
        return [.. (await client.ListUpsAsync(ct)).Select(ups => new UpsListed(ups.Name, ups.Description))];
    }

    public IUpsSession Open(UpsDevice device)
    {
        var settings = NutSettings.From(device.Settings);
        var endpoint = settings.Endpoint(device.Secrets);
        return new NutSession(settings, endpoint, pool.Lease(endpoint), time);
    }

    public int UsualPort => 3493;

    public IReadOnlyList<string> Identity => NutProbe.Identity;

    public Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, CancellationToken ct) =>
        NutProbe.FindAsync(probe, time, ct);
}
