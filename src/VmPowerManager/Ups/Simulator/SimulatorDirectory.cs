using System.Net;
using System.Text.Json;

namespace VmPowerManager.Ups.Simulator;

/// <summary>Which simulated device stands behind an address: what the mark "simulated" goes by.</summary>
internal sealed class SimulatorDirectory
{
    private volatile SimulatorEntry[] _entries = [];

    /// <summary>A device of this program's simulator, by key.</summary>
    public SimulatedDevice? Find(string? key) =>
        key is null ? null : _entries.FirstOrDefault(e => e.Device.Key == key)?.Device;

    /// <summary>All devices, once each.</summary>
    public IReadOnlyList<SimulatedDevice> Devices => [.. _entries.Select(e => e.Device).Distinct()];

    public void Set(IEnumerable<SimulatorEntry> entries) => _entries = [.. entries];

    /// <summary>The key of the device that a driver with these settings would read, or null: it is not ours.</summary>
    /// <param name="driver">The driver's id, which is the name of its block too.</param>
    /// <param name="settings">The block.</param>
    public string? KeyOf(string driver, JsonElement settings)
    {
        if (settings.ValueKind != JsonValueKind.Object || !IsHere(Text(settings, "host")))
            return null;
        var (port, name) = (Text(settings, "port"), Text(settings, "upsName"));
        return _entries
            .FirstOrDefault(e =>
                e.Driver == driver
                && e.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) == port
                && (e.UpsName is null || e.UpsName.Equals(name, StringComparison.OrdinalIgnoreCase))
            )
            ?.Device.Key;
    }

    private static bool IsHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string Text(JsonElement settings, string key) =>
        settings.TryGetProperty(key, out var value) ? value.ToString() : "";
}

/// <summary>A place on loopback where a device can be read.</summary>
/// <param name="Driver">The driver that reads it: <c>nut</c>, <c>snmp</c>.</param>
/// <param name="Port">Its port.</param>
/// <param name="UpsName">The name there; null where the port alone says it.</param>
internal sealed record SimulatorEntry(SimulatedDevice Device, string Driver, int Port, string? UpsName);
