using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>Standing connections by endpoint: a command on a warm one costs a round trip and a process, not a login. A
/// dead connection is replaced; a command is tried a second time only when its channel never opened. One whose channel the
/// server refused waits, and nothing that runs is disturbed. Unused connections are closed after
/// <see cref="SshLimits.Idle"/>. Any thread.</summary>
/// <remarks>The pinned key is no part of what makes two endpoints equal: pinning the key that a standing connection
/// showed keeps that connection.</remarks>
public sealed class SshConnectionPool : IDisposable
{
    /// <summary>Connections to one endpoint: more than one only while all channels of the others are taken.</summary>
    private const int MostConnections = 3;
    private static readonly TimeSpan ChannelPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>With all connections full: one may have been lost without a word, or a learned limit be over.</summary>
    private static readonly TimeSpan FullPatience = TimeSpan.FromSeconds(2);

    private readonly SshLimits _limits;
    private readonly TimeProvider _time;
    private readonly Action<SshEndpoint, string>? _firstSeen;
    private readonly LastAddresses? _addresses;
    private readonly ConcurrentDictionary<SshEndpoint, Line> _lines = new();
    private readonly ITimer _sweep;

    /// <param name="firstSeen">Told once when an endpoint without a pinned key showed its key. It must only enqueue.</param>
    public SshConnectionPool(
        SshLimits limits,
        TimeProvider time,
        Action<SshEndpoint, string>? firstSeen,
        LastAddresses? addresses = null
    )
    {
        (_limits, _time, _firstSeen, _addresses) = (limits, time, firstSeen, addresses);
        var every = TimeSpan.FromSeconds(30);
        _sweep = time.CreateTimer(_ => CloseIdle(), null, every, every);
    }

    /// <summary>Runs a command on a standing connection, or on a new one.</summary>
    /// <exception cref="DeviceException">As <see cref="SshConnection"/>'s.</exception>
    public async Task<SshResult> RunAsync(
        SshEndpoint endpoint,
        RemoteCommand command,
        string? input,
        CancellationToken ct
    ) => (await TryRunAsync(endpoint, command, input, ct)).Result;

    /// <summary>As <see cref="RunAsync"/>, and tells whether a command that failed was sent.</summary>
    /// <exception cref="DeviceException">There is no connection: nothing was sent.</exception>
    public async Task<SshAttempt> TryRunAsync(
        SshEndpoint endpoint,
        RemoteCommand command,
        string? input,
        CancellationToken ct
    )
    {
        var line = LineOf(endpoint);
        var patience = ChannelPatience;
        for (var failed = false; ; )
        {
            var connection = await EnterAsync(line, endpoint, patience, ct);
            var attempt = await connection.RunEnteredAsync(command, input, ct);
            line.UsedAt = _time.GetTimestamp();
            if (attempt.Refused)
                patience = TimeSpan.Zero;
            else if (failed || attempt is not { Fault: { Fault: not DeviceFault.Refused }, Sent: false })
                return attempt;
            else
                failed = true;
        }
    }

    /// <summary>Drops connections to this address and what was learned of its key: the next use trusts anew, or as its
    /// endpoint says.</summary>
    public void Forget(string host, int port)
    {
        foreach (var key in _lines.Keys.Where(k => k.Host == host && k.Port == port))
            if (_lines.TryRemove(key, out var line))
                line.Close();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var key in _lines.Keys)
            if (_lines.TryRemove(key, out var line))
                line.Close();
    }

    private Line LineOf(SshEndpoint endpoint)
    {
        var line = _lines.GetOrAdd(endpoint with { HostKeyFingerprint = null }, _ => new Line());
        line.UsedAt = _time.GetTimestamp();
        return line;
    }

    /// <summary>A live connection of the trusted key with a channel taken on it.</summary>
    /// <param name="patience">How long a channel is waited for before another connection is opened.</param>
    private async Task<SshConnection> EnterAsync(
        Line line,
        SshEndpoint endpoint,
        TimeSpan patience,
        CancellationToken ct
    )
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            var alive = line.Alive(endpoint.HostKeyFingerprint);
            var changes = alive.Select(c => c.Changed).ToList();
            if (alive.FirstOrDefault(c => c.TryEnter()) is { } free)
                return free;
            var left = alive.Length < MostConnections ? patience - _time.GetElapsedTime(since) : FullPatience;
            if (alive.Length > 0 && left > TimeSpan.Zero)
            {
                await ChangedAsync(changes, left, ct);
                continue;
            }
            Hearing.Connecting(line.Reach);
            try
            {
                await OpenAsync(line, endpoint, alive.Length, ct);
                Hearing.Heard();
            }
            catch (DeviceException e) when (e.Fault != DeviceFault.Unreachable)
            {
                Hearing.Heard();
                throw;
            }
        }
    }

    private async Task ChangedAsync(List<Task> changes, TimeSpan patience, CancellationToken ct)
    {
        try
        {
            await Task.WhenAny(changes).WaitAsync(patience, _time, ct);
        }
        catch (TimeoutException) { }
    }

    /// <summary>Adds a connection unless somebody else did meanwhile.</summary>
    private async Task OpenAsync(Line line, SshEndpoint endpoint, int had, CancellationToken ct)
    {
        await line.Opening.WaitAsync(ct);
        try
        {
            if (line.Alive(endpoint.HostKeyFingerprint).Length > had)
                return;
            var pinned = endpoint with { HostKeyFingerprint = endpoint.HostKeyFingerprint ?? line.Learned };
            var connection = await SshConnection.ConnectAsync(
                pinned,
                _limits,
                _time,
                line.LastGood ?? _addresses?.Of(endpoint.Host),
                null,
                line.Reach,
                ct
            );
            line.LastGood = connection.Address;
            _addresses?.Note(endpoint.Host, connection.Address);
            line.Add(connection);
            if (pinned.HostKeyFingerprint is not null)
                return;
            line.Learned = connection.HostKeyFingerprint;
            _firstSeen?.Invoke(endpoint, connection.HostKeyFingerprint);
        }
        finally
        {
            line.Opening.Release();
        }
    }

    private void CloseIdle()
    {
        foreach (var (_, line) in _lines)
            if (_time.GetElapsedTime(line.UsedAt) > _limits.Idle && !line.IsBusy)
                line.Close();
    }

    /// <summary>The connections to one endpoint, and what was learned of it.</summary>
    private sealed class Line
    {
        private readonly Lock _gate = new();
        private ImmutableArray<SshConnection> _connections = [];

        public SemaphoreSlim Opening { get; } = new(1, 1);
        public PeerReach Reach { get; } = new();
        public IPAddress? LastGood { get; set; }
        public string? Learned { get; set; }
        public long UsedAt { get; set; }

        /// <summary>A command runs, which may take longer than idle connections are kept.</summary>
        public bool IsBusy
        {
            get
            {
                lock (_gate)
                    return _connections.Any(c => c.IsBusy);
            }
        }

        /// <summary>Those that live and showed the trusted key. One that showed another is closed when nothing runs on it:
        /// who still asks with what was trusted a moment ago must not end what is asked with what is trusted now.</summary>
        public ImmutableArray<SshConnection> Alive(string? pinned)
        {
            lock (_gate)
            {
                foreach (var connection in _connections)
                    if (!connection.IsAlive || (!Trusted(connection) && !connection.IsBusy))
                        connection.Dispose();
                _connections = [.. _connections.Where(c => c.IsAlive)];
                return [.. _connections.Where(Trusted)];
            }

            bool Trusted(SshConnection connection) => HostKeys.Same(pinned, connection.HostKeyFingerprint);
        }

        public void Add(SshConnection connection)
        {
            lock (_gate)
                _connections = _connections.Add(connection);
        }

        public void Close()
        {
            lock (_gate)
            {
                foreach (var connection in _connections)
                    connection.Dispose();
                _connections = [];
            }
        }
    }
}
