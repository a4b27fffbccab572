using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace VmPowerManager.Ups.Discovery;

/// <summary>The UPSes that are configured, to recognise them among what is found: same driver, same machine, same place
/// there. Names are resolved once, as far as they can be.</summary>
internal sealed class KnownUpses
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ILookup<string, Known> _byDriver;

    private sealed record Known(string Name, JsonObject Settings, IReadOnlyList<string> Addresses);

    private KnownUpses(ILookup<string, Known> byDriver) => _byDriver = byDriver;

    public static async Task<KnownUpses> LoadAsync(UpsQueries queries, TimeProvider time, CancellationToken ct)
    {
        var all = (await queries.ListAsync(ct)).Items.Where(ups => ups.Settings is not null).ToList();
        using var limit = new CancellationTokenSource(Patience, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var known = await Task.WhenAll(
            all.Select(async ups =>
            {
                var host = Text(ups.Settings?["host"]);
                var addresses = await ResolveAsync(host, limited.Token);
                // Where has filtered those without settings out.
                return (ups.Driver, Known: new Known(ups.Name, ups.Settings!, [host, .. addresses]));
            })
        );
        return new KnownUpses(known.ToLookup(k => k.Driver, k => k.Known));
    }

    /// <summary>The name of the UPS that this is; null: none.</summary>
    public string? Find(string driver, string address, JsonObject settings, IReadOnlyList<string> identity) =>
        _byDriver[driver]
            .FirstOrDefault(known =>
                known.Addresses.Contains(address, StringComparer.OrdinalIgnoreCase)
                && identity.All(key => Text(known.Settings[key]) == Text(settings[key]))
            )
            ?.Name;

    private static async Task<IEnumerable<string>> ResolveAsync(string host, CancellationToken ct)
    {
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
            return [];
        try
        {
            return (await Dns.GetHostAddressesAsync(host, ct)).Select(a => $"{a}");
        }
        catch (Exception e) when (e is SocketException or ArgumentException or OperationCanceledException)
        {
            return [];
        }
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
