using System.Net;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>One TCP connection, logged in, that carries up to <see cref="SshLimits.Channels"/> commands at a time
/// (RFC 4254), or as many as the server allows. Any thread.</summary>
public sealed class SshConnection : IDisposable
{
    private static long _lastId;
    private readonly SshClient _client;
    private readonly SshEndpoint _endpoint;
    private readonly SshLimits _limits;
    private readonly TimeProvider _time;
    private readonly SshChannels _channels;
    private readonly RefusalWords _refusal;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _broken;

    private SshConnection(SshClient client, SshEndpoint endpoint, SshConnecting how)
    {
        (_client, _endpoint, _limits, _time) = (client, endpoint, how.Limits, how.Time);
        _channels = new SshChannels(_limits.Channels, _time);
        _refusal = RefusalWords.Of(client);
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

    /// <summary>A command runs on it, or is about to.</summary>
    internal bool IsBusy => _channels.IsBusy;

    /// <summary>Ends when a channel may be free. Taken before <see cref="TryEnter"/>, it misses none.</summary>
    internal Task Changed => _channels.Changed;

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
    ) => ConnectAsync(endpoint, limits, time, lastGood, keySeen, new PeerReach(), ct);

    /// <param name="reach">Told of this attempt, which is left as it is on cancellation: who cancelled looks then.</param>
    internal static async Task<SshConnection> ConnectAsync(
        SshEndpoint endpoint,
        SshLimits limits,
        TimeProvider time,
        IPAddress? lastGood,
        Action<string>? keySeen,
        PeerReach reach,
        CancellationToken ct
    )
    {
        var resolved = false;
        var answered = false;
        var attempt = reach.Begin();
        using var limit = new CancellationTokenSource(limits.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var addresses = await Names.ResolveAsync(endpoint.Host, lastGood, time, both.Token);
            if (addresses.Count == 0)
                throw SshFailure.NameNotResolved(endpoint, null);
            resolved = attempt.Waits = true;
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
        finally
        {
            if (!ct.IsCancellationRequested)
                attempt.Waits = false;
        }

        void Seen(string key)
        {
            answered = true;
            attempt.Waits = false;
            keySeen?.Invoke(key);
        }
    }

    /// <summary>Runs a command and waits for its end. Its standard input is <paramref name="input"/>, then the end.
    /// Cancelled, the remote command is sent TERM and its channel closed.</summary>
    /// <exception cref="DeviceException">Unreachable ("connection lost"), Timeout, Refused, ProtocolError.</exception>
    public async Task<SshResult> RunAsync(RemoteCommand command, string? input, CancellationToken ct)
    {
        while (true)
        {
            for (var changed = Changed; !TryEnter(); changed = Changed)
            {
                if (_broken)
                    throw new DeviceException(DeviceFault.Unreachable, $"connection lost to {_endpoint}");
                await changed.WaitAsync(ct);
            }
            var attempt = await RunEnteredAsync(command, input, ct);
            if (!attempt.Refused || _broken)
                return attempt.Result;
        }
    }

    /// <summary>Takes a channel if there is a free one. <see cref="RunEnteredAsync"/> gives it back.</summary>
    internal bool TryEnter() => _channels.TryEnter();

    internal async Task<SshAttempt> RunEnteredAsync(RemoteCommand command, string? input, CancellationToken ct)
    {
        var run = new SshRun(_client, _closed.Task, _channels.Opened, _endpoint, _limits, _time);
        var refused = false;
        try
        {
            var attempt = await run.RunAsync(command, input, Id, ct);
            refused = attempt.Refused && IsAlive;
            if (refused)
                return await RefusedAsync(attempt, ct);
            if (attempt.Fault is { Fault: DeviceFault.Unreachable } || (attempt.Fault is not null && !run.Accepted))
                GiveUp();
            return attempt with { Refused = false };
        }
        finally
        {
            if (!refused)
                _ = run.Closed.ContinueWith(_ => _channels.Leave(run.Opened), TaskScheduler.Default);
        }
    }

    /// <summary>What runs goes on. Only where nothing does, the connection is given up.</summary>
    private async Task<SshAttempt> RefusedAsync(SshAttempt attempt, CancellationToken ct)
    {
        Hearing.Heard();
        var refusal = await _channels.RefusedAsync(ct);
        if (refusal != Refusal.Full)
            GiveUp();
        var fault = SshFailure.OpensNoChannel(_endpoint, _refusal.Last, attempt.Fault?.InnerException);
        return new(null, fault, Sent: false) { Refused = refusal != Refusal.Never };
    }

    /// <summary>Closes in the background; what still runs on it fails with "connection lost".</summary>
    public void Dispose() => GiveUp();

    private void GiveUp()
    {
        if (_broken)
            return;
        _broken = true;
        _channels.Shut();
        _ = OwnThread.Run(_client.Dispose).ContinueWith(Closed, TaskScheduler.Default);
    }

    private void Closed(Task closing)
    {
        OwnThread.Observe(closing);
        _closed.TrySetResult();
    }

    /// <summary>Null: nobody listens at this address, and it is not the last.</summary>
    private static async Task<SshConnection?> TryAsync(
        SshEndpoint endpoint,
        SshConnecting how,
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

    private static SshConnection Connect(SshEndpoint endpoint, SshConnecting how)
    {
        var info = new ConnectionInfo(
            how.Address.ToString(),
            endpoint.Port,
            endpoint.UserName,
            SshLogin.Methods(endpoint)
        )
        {
            Timeout = how.Limits.Connect,
            RetryAttempts = how.Limits.OpenAttempts,
            MaxSessions = how.Limits.Channels,
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
}
