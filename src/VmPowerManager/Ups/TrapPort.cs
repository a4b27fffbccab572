using System.Globalization;
using System.Net;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>Where SNMP traps are heard: the setting <c>Snmp:TrapPort</c>.</summary>
/// <param name="Number">UDP; null: nowhere, 0: any free port.</param>
internal sealed record TrapPort(int? Number)
{
    private const string Key = "Snmp:TrapPort";

    /// <exception cref="StartRefusedException">It is no port.</exception>
    public static TrapPort From(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } text)
            return new TrapPort((int?)null);
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return valid && port <= IPEndPoint.MaxPort
            ? new TrapPort(port)
            : throw new StartRefusedException($"{Key} ({text}) is not a UDP port: 1 to 65535, or empty for no traps.");
    }
}
