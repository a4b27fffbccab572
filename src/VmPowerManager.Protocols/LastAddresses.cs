using System.Collections.Concurrent;
using System.Net;

namespace VmPowerManager.Protocols;

/// <summary>What names stood for while they could be looked up or their peers were reached: where names fail, as they do once
/// the name server is among what went down, a peer is still asked at its address (POLICY F8). One for all clients: that of a
/// way which was never taken before has its address from here. Any thread.</summary>
public sealed class LastAddresses(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null: it was never resolved.</summary>
    public IPAddress? Of(string host) => _known.GetValueOrDefault(host)?.Address;

    /// <summary>Somebody took a connection there.</summary>
    public void Note(string host, IPAddress address)
    {
        if (!IPAddress.TryParse(host, out _))
            _known[host] = new(address, time.GetTimestamp());
    }

    /// <summary>Looks a name up that is good now, in the background, and not often.</summary>
    public void Learn(string host)
    {
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
            return;
        var known = _known.GetValueOrDefault(host);
        if (known is not null && time.GetElapsedTime(known.At) < Every)
            return;
        _known[host] = new(known?.Address, time.GetTimestamp());
        _ = LearnAsync(host);
    }

    private async Task LearnAsync(string host)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            if (await Names.ResolveAsync(host, null, time, limit.Token) is [var address, ..])
                Note(host, address);
        }
        catch (OperationCanceledException) { }
    }

    private sealed record Known(IPAddress? Address, long At);
}
