using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>What an arrived datagram means to the exchange that waits: null for one that does not answer it.</summary>
/// <exception cref="SnmpException">Malformed: not an answer either, but told when no other comes.</exception>
internal delegate T? SnmpAccept<T>(ReadOnlySpan<byte> datagram)
    where T : class;

/// <summary>Datagrams to and from one agent. The socket is connected: the kernel drops what comes from any other address
/// or port, and ICMP's "nobody listens" arrives at once. An agent that answers from another of its addresses must
/// therefore be entered by that one. One exchange at a time.</summary>
internal sealed class SnmpLink(SnmpEndpoint endpoint, TimeProvider time, SnmpLimits limits) : IDisposable
{
    private Socket? _socket;
    private IPAddress? _lastGood;
    private int _addresses = 1;

    /// <summary>Which of several addresses of a name is in use; the next one after each failure.</summary>
    private int _turn;

    public SnmpEndpoint Endpoint => endpoint;

    /// <summary>Sends, waits, and sends again.</summary>
    /// <param name="encode">Called for each try: v3 stamps the time.</param>
    /// <param name="accept">Reads an arrived datagram.</param>
    /// <param name="tries">At least one.</param>
    /// <exception cref="SnmpException">Unreachable; Timeout; Malformed, where something else than answers came.</exception>
    public async Task<T> ExchangeAsync<T>(Func<byte[]> encode, SnmpAccept<T> accept, int tries, CancellationToken ct)
        where T : class
    {
        var answered = false;
        SnmpException? malformed = null;
        try
        {
            for (var (sent, refused) = (0, 0); sent < tries; )
            {
                try
                {
                    var strays = new Strays();
                    var answer = await TryAsync(encode(), accept, strays, ct);
                    malformed = strays.Malformed ?? malformed;
                    answered = answer is not null;
                    if (answer is not null)
                        return answer;
                    sent++;
                }
                catch (SocketException e) when (++refused >= _addresses)
                {
                    throw new SnmpException(SnmpFault.Unreachable, $"Cannot reach {endpoint}: {e.Message}.", e);
                }
                catch (SocketException)
                {
                    // The name has another address.
                    Close();
                }
            }
        }
        finally
        {
            if (!answered)
                Close();
        }
        throw malformed ?? Silence(tries);
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private SnmpException Silence(int tries)
    {
        var asked = tries == 1 ? "" : $", asked {tries} times";
        var limit = limits.TryTime.TotalSeconds;
        return new SnmpException(SnmpFault.Timeout, $"No answer from {endpoint} within {limit:0.##} s{asked}.");
    }

    /// <summary>Null when the time is over.</summary>
    private async Task<T?> TryAsync<T>(byte[] datagram, SnmpAccept<T> accept, Strays strays, CancellationToken ct)
        where T : class
    {
        using var limit = new CancellationTokenSource(limits.TryTime, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var buffer = ArrayPool<byte>.Shared.Rent(SnmpLimits.DatagramBytes);
        try
        {
            var socket = _socket ??= await ConnectAsync(limited.Token);
            await socket.SendAsync(datagram, SocketFlags.None, limited.Token);
            for (var i = 0; i < SnmpLimits.StraysInTry; i++)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, limited.Token);
                if (Accepted(buffer.AsSpan(0, length), accept, strays) is { } answer)
                {
                    _lastGood = (socket.RemoteEndPoint as IPEndPoint)?.Address;
                    return answer;
                }
            }
            throw strays.Malformed ?? SnmpException.Malformed("a flood of datagrams that answer nothing");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static T? Accepted<T>(ReadOnlySpan<byte> datagram, SnmpAccept<T> accept, Strays strays)
        where T : class
    {
        try
        {
            return accept(datagram);
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Malformed)
        {
            strays.Malformed = e;
            return null;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var addresses = await ResolveAsync(ct);
        _addresses = addresses.Length;
        var address = addresses[_turn % addresses.Length];
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, endpoint.Port), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(CancellationToken ct)
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        // A name server that is silent must leave time to ask the address that served last (POLICY F8).
        var patience = _lastGood is null ? Timeout.InfiniteTimeSpan : limits.TryTime / 2;
        using var limit = new CancellationTokenSource(patience, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, limited.Token);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (Exception e)
            when (_lastGood is not null
                && e is SocketException or OperationCanceledException
                && !ct.IsCancellationRequested
            )
        {
            return [_lastGood!]; // not null: the filter
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new SnmpException(SnmpFault.Unreachable, $"Cannot resolve {endpoint.Host}: {e.Message}.", e);
        }
    }

    /// <summary>The next try resolves anew and takes the next address; what still arrives for this one is lost.</summary>
    private void Close()
    {
        _turn = (_turn + 1) & 0xFFFF;
        Dispose();
    }

    private sealed class Strays
    {
        public SnmpException? Malformed { get; set; }
    }
}
