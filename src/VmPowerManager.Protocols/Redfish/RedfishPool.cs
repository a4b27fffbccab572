namespace VmPowerManager.Protocols.Redfish;

/// <summary>One client a controller and login, kept while it is used: looking every second must not log in every second. Any
/// thread.</summary>
/// <param name="firstSeen">Told the certificate of a controller that has none pinned. Only enqueue.</param>
public sealed class RedfishPool(
    TimeProvider time,
    Action<RedfishEndpoint, string>? firstSeen = null,
    LastAddresses? addresses = null
) : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);
    private readonly Lock _gate = new();
    private readonly List<Kept> _clients = [];

    /// <summary>What names stood for last: controllers are asked rarely, and then perhaps without a name server (F8).</summary>
    private readonly LastAddresses _addresses = addresses ?? new LastAddresses(time);
    private ITimer? _sweeper;

    /// <exception cref="DeviceException">As the client's.</exception>
    public async Task<T> RunAsync<T>(RedfishEndpoint endpoint, Func<RedfishClient, Task<T>> call)
    {
        var kept = Take(endpoint);
        Sweep();
        try
        {
            return await call(kept.Client);
        }
        finally
        {
            Remember(endpoint, kept.Client);
            lock (_gate)
                kept.Users--;
        }
    }

    /// <summary>Keeps the address at which a client of somebody else's reached this controller.</summary>
    public void Remember(RedfishEndpoint endpoint, RedfishClient client)
    {
        if (client.LastGood is { } address)
            _addresses.Note(endpoint.Host, address);
    }

    /// <summary>Ends all sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Kept> all;
        lock (_gate)
        {
            all = [.. _clients];
            _clients.Clear();
            _sweeper?.Dispose();
        }
        await Task.WhenAll(all.Select(k => k.Client.DisposeAsync().AsTask()));
    }

    private Kept Take(RedfishEndpoint endpoint)
    {
        lock (_gate)
        {
            var kept = _clients.Find(k => k.Endpoint == endpoint && !k.Outdated);
            if (kept is null)
            {
                // Edited: what was learned of the controller's certificate before is not kept.
                foreach (var former in _clients)
                    former.Outdated |= former.Endpoint.ToString() == endpoint.ToString();
                kept = new(endpoint, new RedfishClient(endpoint, time, key => firstSeen?.Invoke(endpoint, key)));
                _clients.Add(kept);
            }
            kept.Client.LastGood ??= _addresses.Of(endpoint.Host);
            kept.Users++;
            kept.UsedAt = time.GetTimestamp();
            _sweeper ??= time.CreateTimer(_ => Sweep(), null, Idle, Idle);
            return kept;
        }
    }

    private void Sweep()
    {
        List<Kept> old;
        lock (_gate)
        {
            old = _clients.FindAll(k => k.Users == 0 && (k.Outdated || time.GetElapsedTime(k.UsedAt) >= Idle));
            _clients.RemoveAll(old.Contains);
        }
        foreach (var kept in old)
            _ = kept.Client.DisposeAsync().AsTask();
    }

    private sealed class Kept(RedfishEndpoint endpoint, RedfishClient client)
    {
        public RedfishEndpoint Endpoint => endpoint;
        public RedfishClient Client => client;
        public int Users { get; set; }

        /// <summary>Another certificate or password is set for it now.</summary>
        public bool Outdated { get; set; }
        public long UsedAt { get; set; }
    }
}
