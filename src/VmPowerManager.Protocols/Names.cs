using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols;

/// <summary>Resolves the names of peers. The name server may be among the first to go down: what a name was last good for
/// serves then (POLICY F8).</summary>
public static class Names
{
    /// <summary>A name server that went down does not say no: it says nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The addresses of a host; empty: its name is not resolved, and nothing was known of it.</summary>
    /// <param name="lastGood">Serves where the name fails, or takes longer than a second; null: there is none.</param>
    public static Task<IReadOnlyList<IPAddress>> ResolveAsync(
        string host,
        IPAddress? lastGood,
        TimeProvider time,
        CancellationToken ct
    ) => ResolveAsync(host, lastGood, Dns.GetHostAddressesAsync, time, ct);

    internal static async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        string host,
        IPAddress? lastGood,
        Func<string, CancellationToken, Task<IPAddress[]>> lookup,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        using var patience = new CancellationTokenSource(lastGood is null ? Timeout.InfiniteTimeSpan : Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            // The system's resolver does not heed its token everywhere.
            if (await lookup(host, both.Token).WaitAsync(both.Token) is { Length: > 0 } found)
                return found;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { }
        catch (Exception e) when (e is SocketException or ArgumentException) { }
        return lastGood is null ? [] : [lastGood];
    }
}
