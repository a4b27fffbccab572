using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>What a session can do besides reading where its device has a cut that is safe in both states of mains: the
/// output goes off and comes on again once mains is there, also when mains came back in between (POLICY C9; a plain
/// "off" would leave the house dark). Devices without such a command do not offer it.</summary>
public interface IUpsCut
{
    /// <summary>What stands against every order, by the settings alone; null: nothing that is known.</summary>
    Sentence? AgainstOrders => null;

    /// <summary>Whether an accepted login says something of the right to give orders.</summary>
    bool LoginTellsRights => false;

    /// <summary>What the device offers now, or null where it has no safe cut.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<UpsCutAbility?> FindCutAsync(CancellationToken ct);

    /// <summary>Cuts the output after <paramref name="delay"/> at the earliest (0: at once), and returns it with mains.
    /// Returning means that the device took the order and, where it can be read back, that its timers say so.</summary>
    /// <exception cref="DeviceException">Refused, not supported, or no answer: what became of it is then unknown.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task CutAsync(TimeSpan delay, CancellationToken ct);

    /// <summary>Takes an order back whose delay still runs.</summary>
    /// <exception cref="DeviceException">Refused, or the device cannot (Eaton's load shed cannot).</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task AbortCutAsync(CancellationToken ct);
}

/// <summary>How a device is cut.</summary>
/// <param name="Command">In NUT's words or the MIB's: <c>shutdown.return</c>, <c>upsRebootWithDuration</c>.</param>
/// <param name="LongestDelay">The longest time that it can be told to wait; zero: it cuts at once.</param>
/// <param name="CanAbort">Whether a running delay can be taken back.</param>
public sealed record UpsCutAbility(string Command, TimeSpan LongestDelay, bool CanAbort);
