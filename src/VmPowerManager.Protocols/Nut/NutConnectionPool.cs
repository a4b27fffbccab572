namespace VmPowerManager.Protocols.Nut;

/// <summary>Connections by endpoint and credentials: all UPSes of one upsd share one, which lives as long as anybody
/// leases it. Any thread.</summary>
public sealed class NutConnectionPool(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NutEndpoint, Shared> _shared = [];

    /// <summary>A share in the connection to <paramref name="endpoint"/>. Connects at the first call, not here.</summary>
    public NutLease Lease(NutEndpoint endpoint)
    {
        lock (_gate)
        {
            if (!_shared.TryGetValue(endpoint, out var shared))
                _shared[endpoint] = shared = new Shared(new NutChannel(endpoint, time), new NutChannel(endpoint, time));
            shared.Leases++;
            return new NutLease(shared.Main, shared.Express, () => ReturnAsync(endpoint, shared));
        }
    }

    private async ValueTask ReturnAsync(NutEndpoint endpoint, Shared shared)
    {
        lock (_gate)
        {
            if (--shared.Leases > 0)
                return;
            _shared.Remove(endpoint);
        }
        await shared.Main.DisposeAsync();
        await shared.Express.DisposeAsync();
    }

    private sealed class Shared(NutChannel main, NutChannel express)
    {
        public NutChannel Main { get; } = main;
        public NutChannel Express { get; } = express;
        public int Leases { get; set; }
    }
}

/// <summary>A share in a pooled connection. Several calls may be made at once; they take turns.</summary>
public sealed class NutLease : IAsyncDisposable
{
    /// <summary>How long a status read waits for somebody else's call before it takes the second connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private readonly NutChannel _main;
    private readonly NutChannel _express;
    private Func<ValueTask>? _giveBack;

    internal NutLease(NutChannel main, NutChannel express, Func<ValueTask> giveBack)
    {
        _main = main;
        _express = express;
        _giveBack = giveBack;
    }

    /// <summary>A call that decides: while the shared connection is busy with a slow answer it goes over a second one,
    /// opened only then and dropped by upsd after 60 s without use.</summary>
    /// <exception cref="DeviceException">Nobody answered, or the server said ERR.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<T> ReadNowAsync<T>(Func<NutClient, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        if (await _main.TryEnterAsync(Patience, ct))
            return await _main.RunAsync(call, repeatable: true, ct);
        await _express.EnterAsync(ct);
        return await _express.RunAsync(call, repeatable: true, ct);
    }

    /// <summary>A call that may wait for its turn.</summary>
    /// <exception cref="DeviceException">Nobody answered, or the server said ERR.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<T> ReadAsync<T>(Func<NutClient, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        await _main.EnterAsync(ct);
        return await _main.RunAsync(call, repeatable: true, ct);
    }

    /// <summary>A call that changes something: never sent twice.</summary>
    /// <exception cref="DeviceException">Nobody answered, or the server said ERR.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<T> WriteAsync<T>(Func<NutClient, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        await _main.EnterAsync(ct);
        return await _main.RunAsync(call, repeatable: false, ct);
    }

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _giveBack, null)?.Invoke() ?? ValueTask.CompletedTask;
}
