using System.Globalization;
using System.Net;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>A licence of a server, without its key.</summary>
/// <param name="Edition"><c>esxBasic</c> is the free one.</param>
public sealed record VimLicense(string Edition, string Name);

/// <summary>Calls that only ask.</summary>
public sealed partial class VimSession
{
    /// <summary>The VMs of that instanceUuid: more than one where somebody copied a VM's folder.</summary>
    public async Task<IReadOnlyList<VimRef>> FindByInstanceUuidAsync(string instanceUuid, CancellationToken ct)
    {
        var answer = await CallAsync(
            "FindAllByUuid",
            SearchIndex,
            xml =>
            {
                xml.Text("uuid", instanceUuid);
                xml.Flag("vmSearch", true);
                xml.Flag("instanceUuid", true);
            },
            ct
        );
        return [.. answer.All("returnval").Select(r => r.Reference).OfType<VimRef>()];
    }

    /// <summary>The VM whose guest says that it has this name or address; null: none says so.</summary>
    public async Task<VimRef?> FindByAddressAsync(string nameOrAddress, CancellationToken ct)
    {
        var isAddress = IPAddress.TryParse(nameOrAddress, out _);
        var answer = await CallAsync(
            isAddress ? "FindByIp" : "FindByDnsName",
            SearchIndex,
            xml =>
            {
                xml.Text(isAddress ? "ip" : "dnsName", nameOrAddress);
                xml.Flag("vmSearch", true);
            },
            ct
        );
        return answer["returnval"]?.Reference;
    }

    /// <summary>The server's clock; null when it tells none that can be read.</summary>
    public async Task<DateTimeOffset?> CurrentTimeAsync(CancellationToken ct)
    {
        var answer = await CallAsync("CurrentTime", VimRef.ServiceInstance, null, ct);
        return DateTimeOffset.TryParse(
            answer.TextOf("returnval"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var told
        )
            ? told
            : null;
    }

    /// <summary>The licences of the server; empty where it tells none.</summary>
    public async Task<IReadOnlyList<VimLicense>> LicensesAsync(CancellationToken ct)
    {
        if ((await ContentAsync(ct)).LicenseManager is not { } manager)
            return [];
        var seen = await ReadAsync(manager, ["licenses"], ct);
        return seen.Properties.TryGetValue("licenses", out var list)
            ? [.. list.Children.Select(l => new VimLicense(l.TextOf("editionKey") ?? "", l.TextOf("name") ?? ""))]
            : [];
    }

    private static VimRef SearchIndex(VimContent content) =>
        content.SearchIndex ?? throw new DeviceException(DeviceFault.Unsupported, "The server has no search index.");
}
