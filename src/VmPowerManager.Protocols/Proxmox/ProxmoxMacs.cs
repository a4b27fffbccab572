using System.Text.Json;
using System.Text.RegularExpressions;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>Hardware addresses in a guest's configuration: <c>net0: virtio=BC:24:11:…,bridge=vmbr0</c>, of containers
/// <c>hwaddr=…</c>.</summary>
internal static partial class ProxmoxMacs
{
    private const int MostCards = 32;

    public static IEnumerable<string> In(JsonElement config)
    {
        for (var card = 0; card < MostCards; card++)
            if (
                config.Text($"net{ProxmoxClient.Text(card)}") is { } line
                && Address().Match(line) is { Success: true } mac
            )
                yield return mac.Value.ToLowerInvariant();
    }

    [GeneratedRegex("(?<==)([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")]
    private static partial Regex Address();
}
