using System.Net;
using System.Text.Json;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>A driver that can tell whether one of its devices is at an address implements this too; a search needs nothing
/// else of it.</summary>
public interface IUpsDiscovery
{
    /// <summary>Asked unless the person names others.</summary>
    int UsualPort { get; }

    /// <summary>Whether <see cref="UpsProbe.Communities"/> matter.</summary>
    bool AsksCommunity => false;

    /// <summary>Keys of the settings block that, with <c>host</c>, say which device it is: <c>port</c>, <c>upsName</c>.</summary>
    IReadOnlyList<string> Identity { get; }

    /// <summary>Asks one address, and changes nothing there: most are silent, so whoever does not answer within
    /// <see cref="UpsProbe.Patience"/> is given up; who answers is asked on until <paramref name="ct"/> ends it.</summary>
    /// <returns>None where the peer is something else.</returns>
    /// <exception cref="DeviceException">Nobody there, or nobody of this kind: the same as none.</exception>
    Task<IReadOnlyList<UpsFound>> FindAsync(UpsProbe probe, CancellationToken ct);
}

/// <param name="Port">As the driver speaks it: TCP or UDP.</param>
public sealed record UpsProbe(IPAddress Address, int Port)
{
    /// <summary>How long the first answer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>To be tried in this order.</summary>
    public IReadOnlyList<string> Communities { get; init; } = [];

    /// <summary>The first call to an address, with its <see cref="Patience"/>.</summary>
    /// <exception cref="DeviceException">Timeout, or what the call says.</exception>
    public async Task<T> FirstAsync<T>(Func<CancellationToken, Task<T>> call, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await call(limited.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DeviceException(
                DeviceFault.Timeout,
                $"No answer from {Address} within {Patience.TotalSeconds:0} s.",
                e
            );
        }
    }
}

/// <summary>A device that a driver could read.</summary>
/// <param name="Name">A good name for it; may be empty.</param>
/// <param name="Settings">The driver's settings block that leads to it, with the secrets that were needed.</param>
public sealed record UpsFound(string Name, JsonElement Settings)
{
    /// <summary>What it says that it is: <c>APC Smart-UPS 1500</c>.</summary>
    public string? Description { get; init; }

    /// <summary>What a person must still enter, as a key of the localised strings; null: it can be read as it is.</summary>
    public string? Needs { get; init; }
}
