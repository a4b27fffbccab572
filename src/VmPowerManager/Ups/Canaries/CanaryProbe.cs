using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VmPowerManager.Ups.Canaries;

/// <summary>Asks a canary once. Never throws for what the network does: no answer is an outcome.</summary>
internal static class CanaryProbe
{
    /// <summary>Why a canary was not asked at all: no answer to it is no silence.</summary>
    public const string CannotPing = "this program cannot ping here; a canary that is asked by TCP can be used";

    /// <summary>Null: it answers; else why not.</summary>
    public static async Task<string?> AskAsync(Canary canary, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            return canary.Method == Canary.Tcp
                ? await ConnectAsync(canary, both.Token)
                : await PingAsync(canary, limit, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {limit.TotalSeconds:0.#} s";
        }
    }

    private static async Task<string?> PingAsync(Canary canary, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            using var ping = new Ping();
            var reply = await ping.SendPingAsync(canary.Address, limit, cancellationToken: ct);
            return reply.Status == IPStatus.Success ? null : $"ping: {reply.Status}";
        }
        catch (Exception e) when (IsUnable(e) || IsUnable(e.InnerException))
        {
            return CannotPing;
        }
        catch (Exception e) when (e is PingException or SocketException)
        {
            return $"ping: {e.InnerException?.Message ?? e.Message}";
        }
    }

    /// <summary>No ping program, or no right to ping: that says nothing of the canary.</summary>
    private static bool IsUnable(Exception? e) =>
        e
            is PlatformNotSupportedException
                or SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.ProtocolNotSupported };

    /// <summary>Refused is an answer: somebody with power says no.</summary>
    private static async Task<string?> ConnectAsync(Canary canary, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(canary.Address, canary.Port.GetValueOrDefault(), ct);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset ? null : e.Message;
        }
    }
}
