using System.Net;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>One TCP connection, logged in, that carries up to <see cref="SshLimits.Channels"/> commands at a time
/// (RFC 4254). Any thread.</summary>
public sealed class SshConnection : IDisposable
{
    private static long _lastId;
    private readonly SshClient _client;
    private readonly SshEndpoint _endpoint;
    private readonly SshLimits _limits;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _channels;
    private volatile bool _broken;

    private SshConnection(SshClient client, SshEndpoint endpoint, Connecting how)
    {
        (_client, _endpoint, _limits, _time) = (client, endpoint, how.Limits, how.Time);
        _channels = new SemaphoreSlim(_limits.Channels, _limits.Channels);
        Address = how.Address;
        HostKeyFingerprint = how.Seen ?? "";
        Id = Interlocked.Increment(ref _lastId);
    }

    /// <summary>Unlike that of any other connection of this process.</summary>
    public long Id { get; }

    /// <summary>The key that the peer showed, as <c>SHA256:base64</c>.</summary>
    public string HostKeyFingerprint { get; }

    /// <summary>The address that answered.</summary>
    public IPAddress Address { get; }

    public bool IsAlive => !_broken && _client.IsConnected;

    /// <summary>Resolves, connects, checks the host key, logs in. Tries the host's addresses in turn.</summary>
    /// <param name="lastGood">Tried when the name does not resolve (POLICY F8), or null.</param>
    /// <param name="keySeen">Told the fingerprint that the peer shows, also when the login fails afterwards.</param>
    /// <exception cref="DeviceException">Unreachable ("connection refused", "no answer" ...), Timeout (it showed its key
    /// and let the login hang), AuthenticationFailed, TrustChanged, ProtocolError.</exception>
    public static Task<SshConnection> ConnectAsync(
        SshEndpoint endpoint,
        SshLimits limits,
        TimeProvider time,
        IPAddress? lastGood,
        Action<string>? keySeen,
        CancellationToken ct
    ) => ConnectAsync(endpoint, limits, time, lastGood, keySeen, new SshReach(), ct);

    /// <param name="reach">Kept up to date; left as it is on cancellation.</param>
    internal static async Task<SshConnection> ConnectAsync(
        SshEndpoint endpoint,
        SshLimits limits,
        TimeProvider time,
        IPAddress? lastGood,
        Action<string>? keySeen,
        SshReach reach,
        CancellationToken ct
    )
    {
        var resolved = false;
        var answered = false;
        reach.Silent = false;
        using var limit = new CancellationTokenSource(limits.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var addresses = await ResolveAsync(endpoint, lastGood, both.Token);
            resolved = reach.Silent = true;
            for (var i = 0; ; i++)
            {
                var last = i == addresses.Count - 1;
                if (await TryAsync(endpoint, new(limits, time, addresses[i], Seen), last, both.Token) is { } connection)
                    return connection;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var within = $"nothing within {limits.Connect.TotalSeconds:0.#} s";
            if (!resolved)
                throw SshFailure.NameNotResolved(endpoint, null);
            throw answered
                ? SshFailure.LoginHangs(endpoint, within, null)
                : SshFailure.NoAnswer(endpoint, within, null);
        }
        catch (DeviceException)
        {
            reach.Silent = false;
            throw;
        }

        void Seen(string key)
        {
            answered = true;
            reach.Silent = false;
            keySeen?.Invoke(key);
        }
    }

    /// <summary>Runs a command and waits for its end. Its standard input is <paramref name="input"/>, then the end.
    /// Cancelled, the remote command is sent TERM and its channel closed.</summary>
    /// <exception cref="DeviceException">Unreachable ("connection lost"), Timeout, Refused, ProtocolError.</exception>
    public async Task<SshResult> RunAsync(RemoteCommand command, string? input, CancellationToken ct)
    {
        await _channels.WaitAsync(ct);
        return (await RunEnteredAsync(command, input, ct)).Result;
    }

    /// <summary>Takes a free channel if there is one within <paramref name="patience"/>.
    /// <see cref="RunEnteredAsync"/> gives it back.</summary>
    internal Task<bool> EnterAsync(TimeSpan patience, CancellationToken ct) => _channels.WaitAsync(patience, ct);

    internal async Task<SshAttempt> RunEnteredAsync(RemoteCommand command, string? input, CancellationToken ct)
    {
        var run = new SshRun(_client, _endpoint, _limits, _time);
        try
        {
            var attempt = await run.RunAsync(command, input, Id, ct);
            if (attempt.Fault is { Fault: DeviceFault.Unreachable } || (attempt.Fault is not null && !run.Accepted))
                GiveUp();
            return attempt;
        }
        finally
        {
            _ = run.Closed.ContinueWith(_ => Release(), TaskScheduler.Default);
        }
    }

    /// <summary>Closes in the background; what still runs on it fails with "connection lost".</summary>
    public void Dispose() => GiveUp();

    private void GiveUp()
    {
        if (_broken)
            return;
        _broken = true;
        _ = OwnThread.Run(_client.Dispose).ContinueWith(OwnThread.Observe, TaskScheduler.Default);
    }

    private void Release() => _channels.Release();

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        SshEndpoint endpoint,
        IPAddress? lastGood,
        CancellationToken ct
    )
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        try
        {
            var found = await Dns.GetHostAddressesAsync(endpoint.Host, ct);
            if (found.Length > 0)
                return found;
            return lastGood is null ? throw SshFailure.NameNotResolved(endpoint, null) : [lastGood];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return lastGood is null ? throw SshFailure.NameNotResolved(endpoint, e) : [lastGood];
        }
    }

    /// <summary>Null: nobody listens at this address, and it is not the last.</summary>
    private static async Task<SshConnection?> TryAsync(
        SshEndpoint endpoint,
        Connecting how,
        bool last,
        CancellationToken ct
    )
    {
        var connecting = OwnThread.Run(() => Connect(endpoint, how));
        try
        {
            return await connecting.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            _ = OwnThread.Abandon(connecting, c => c.Dispose());
            throw;
        }
        catch (Exception) when (how.Mismatch is { } mismatch)
        {
            throw mismatch;
        }
        catch (SshOperationTimeoutException e) when (how.Seen is not null)
        {
            throw SshFailure.LoginHangs(endpoint, e.Message, e);
        }
        catch (SocketException) when (!last)
        {
            return null;
        }
        catch (Exception e)
        {
            throw SshFailure.OfConnect(endpoint, e);
        }
    }

    private static SshConnection Connect(SshEndpoint endpoint, Connecting how)
    {
        var info = new ConnectionInfo(
            how.Address.ToString(),
            endpoint.Port,
            endpoint.UserName,
            SshLogin.Methods(endpoint)
        )
        {
            Timeout = how.Limits.Connect,
        };
        var client = new SshClient(info) { KeepAliveInterval = how.Limits.KeepAlive };
        client.HostKeyReceived += (_, e) => e.CanTrust = how.Accepts(endpoint, $"SHA256:{e.FingerPrintSHA256}");
        try
        {
            client.Connect();
            return new SshConnection(client, endpoint, how);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>One attempt at one address, and the key that it showed.</summary>
    private sealed class Connecting(SshLimits limits, TimeProvider time, IPAddress address, Action<string>? keySeen)
    {
        public SshLimits Limits { get; } = limits;
        public TimeProvider Time { get; } = time;
        public IPAddress Address { get; } = address;
        public string? Seen { get; private set; }
        public DeviceException? Mismatch { get; private set; }

        public bool Accepts(SshEndpoint endpoint, string fingerprint)
        {
            Seen = fingerprint;
            keySeen?.Invoke(fingerprint);
            if (HostKeys.Same(endpoint.HostKeyFingerprint, fingerprint))
                return true;
            Mismatch = HostKeys.Changed(endpoint, fingerprint);
            return false;
        }
    }
}
