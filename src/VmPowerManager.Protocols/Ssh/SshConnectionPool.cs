using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>Standing connections by endpoint: a command on a warm one costs a round trip and a process, not a login. A
/// dead connection is replaced; a command is tried a second time only when its channel never opened. Unused ones are closed
/// after <see cref="SshLimits.Idle"/>. Any thread.</summary>
/// <remarks>The pinned key is no part of what makes two endpoints equal: pinning the key that a standing connection
/// showed keeps that connection.</remarks>
public sealed class SshConnectionPool : IDisposable
{
    /// <summary>Connections to one endpoint: more than one only while all channels of the others are taken.</summary>
    private const int MostConnections = 3;
    private static readonly TimeSpan ChannelPatience = TimeSpan.FromMilliseconds(250);

    private readonly SshLimits _limits;
    private readonly TimeProvider _time;
    private readonly Action<SshEndpoint, string>? _firstSeen;
    private readonly ConcurrentDictionary<SshEndpoint, Line> _lines = new();
    private readonly ITimer _sweep;

    /// <param name="firstSeen">Told once when an endpoint without a pinned key showed its key. It must only enqueue.</param>
    public SshConnectionPool(SshLimits limits, TimeProvider time, Action<SshEndpoint, string>? firstSeen)
    {
        (_limits, _time, _firstSeen) = (limits, time, firstSeen);
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
        var connection = await EnterAsync(line, endpoint, ct);
        var attempt = await connection.RunEnteredAsync(command, input, ct);
        if (attempt is { Fault: not null, Sent: false })
        {
            connection = await EnterAsync(line, endpoint, ct);
            attempt = await connection.RunEnteredAsync(command, input, ct);
        }
        line.UsedAt = _time.GetTimestamp();
        return attempt;
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
    private async Task<SshConnection> EnterAsync(Line line, SshEndpoint endpoint, CancellationToken ct)
    {
        while (true)
        {
            var alive = line.Alive(endpoint.HostKeyFingerprint);
            foreach (var connection in alive)
                if (await connection.EnterAsync(TimeSpan.Zero, ct))
                    return connection;
            if (alive.Length > 0)
            {
                var patience = alive.Length < MostConnections ? ChannelPatience : ChannelPatience * 8;
                if (await alive[^1].EnterAsync(patience, ct))
                    return alive[^1];
                if (alive.Length >= MostConnections)
                    continue;
            }
            SshHearing.Connecting(line.Reach);
            await OpenAsync(line, endpoint, alive.Length, ct);
            SshHearing.Heard();
        }
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
                line.LastGood,
                null,
                line.Reach,
                ct
            );
            line.LastGood = connection.Address;
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
            if (_time.GetElapsedTime(line.UsedAt) > _limits.Idle)
                line.Close();
    }

    /// <summary>The connections to one endpoint, and what was learned of it.</summary>
    private sealed class Line
    {
        private readonly Lock _gate = new();
        private ImmutableArray<SshConnection> _connections = [];

        public SemaphoreSlim Opening { get; } = new(1, 1);
        public SshReach Reach { get; } = new();
        public IPAddress? LastGood { get; set; }
        public string? Learned { get; set; }
        public long UsedAt { get; set; }

        public ImmutableArray<SshConnection> Alive(string? pinned)
        {
            lock (_gate)
            {
                foreach (var connection in _connections)
                    if (!connection.IsAlive || !HostKeys.Same(pinned, connection.HostKeyFingerprint))
                        connection.Dispose();
                _connections = [.. _connections.Where(c => c.IsAlive)];
                return _connections;
            }
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
