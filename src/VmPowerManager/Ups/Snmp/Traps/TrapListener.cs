using System.Net;
using System.Net.Sockets;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp.Traps;

/// <summary>Hears traps and informs of v1, v2c and v3 and has the UPS that they are of read at once; decides nothing from
/// them. Reads one datagram at a time and queues none: what comes faster is dropped by the budget or the kernel.</summary>
internal sealed partial class TrapListener(TrapPort port, UpsNews news, TimeProvider time, ILogger<TrapListener> logger)
    : BackgroundService
{
    private const int DatagramBytes = 65_507;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(10);

    private readonly UsmAuthority _self = new(UsmAuthority.NewEngineId(), boots: 1, time);
    private readonly TrapSenders _senders = new(news, time);
    private readonly TrapBudget _budget = new(time);
    private TimeSpan? _droppedToldAt;
    private volatile EndPoint? _bound;

    /// <summary>Where it listens now; null while it does not.</summary>
    internal IPEndPoint? Bound => _bound as IPEndPoint;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (port.Number is not { } on)
            return;
        var told = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(on, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!told)
                    LogDeaf(logger, e, on);
                told = true;
            }
            _bound = null;
            await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(int on, CancellationToken ct)
    {
        using var socket = Open(on);
        _bound = socket.LocalEndPoint;
        LogListening(logger, _bound);
        var reader = new SnmpNotificationReader(_self, time);
        var buffer = new byte[DatagramBytes];
        var anybody = new IPEndPoint(
            socket.AddressFamily is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any,
            0
        );
        while (true)
        {
            var datagram = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, ct);
            var from = (IPEndPoint)datagram.RemoteEndPoint;
            var source = from.Address.IsIPv4MappedToIPv6 ? from.Address.MapToIPv4() : from.Address;
            if (!_budget.Take(source))
            {
                TellDropped();
                continue;
            }
            if (_senders.Refresh(ct))
                reader.SetUsers(_senders.Users);
            if (Take(reader.Read(buffer.AsSpan(0, datagram.ReceivedBytes), source), source) is { } reply)
                await TrySendAsync(socket, reply, from, ct);
        }
    }

    private async Task TrySendAsync(Socket socket, byte[] reply, IPEndPoint to, CancellationToken ct)
    {
        try
        {
            await socket.SendToAsync(reply, SocketFlags.None, to, ct);
        }
        catch (SocketException e)
        {
            // A forged sender must not end the listening.
            LogRefused(logger, to.Address, e.Message);
        }
    }

    /// <returns>What goes back: to informs of our UPSes their answer, to v3 discovery its report.</returns>
    private byte[]? Take(SnmpReceived received, IPAddress source)
    {
        if (received.Notification is not { } notification)
        {
            LogRefused(logger, source, received.Refusal);
            if (received.Reply is null && _senders.Knows(source))
                news.TellStranger($"what came from {source} is not taken: {received.Refusal}.");
            return received.Reply;
        }
        var matched = _senders.Match(notification, source);
        foreach (var sender in matched)
        {
            LogNews(logger, notification.TrapOid, source, sender.Name);
            news.PollNow(sender.UpsId);
        }
        if (matched.Count > 0)
            return received.Reply;
        news.TellStranger($"{notification.TrapOid} ({notification.Version}) from {source}.");
        return null;
    }

    private void TellDropped()
    {
        var now = time.Elapsed();
        if (now - _droppedToldAt < LogPause)
            return;
        _droppedToldAt = now;
        LogDropped(logger, _budget.Dropped);
    }

    private static Socket Open(int on)
    {
        if (Socket.OSSupportsIPv6)
        {
            try
            {
                // Both families; refused where IPv6 is turned off.
                return Bind(
                    new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true },
                    on
                );
            }
            catch (SocketException e)
                when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // IPv4 alone.
            }
        }
        return Bind(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), on);
    }

    private static Socket Bind(Socket socket, int on)
    {
        try
        {
            var family = socket.AddressFamily;
            socket.Bind(new IPEndPoint(family is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, on));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SNMP traps are heard on UDP {Endpoint}")]
    private static partial void LogListening(ILogger logger, EndPoint? endpoint);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "SNMP traps cannot be heard on UDP port {Port}; trying again every 30 s. Polling is not touched by it"
    )]
    private static partial void LogDeaf(ILogger logger, Exception exception, int port);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A datagram from {Source} at the trap port is not taken: {Why}")]
    private static partial void LogRefused(ILogger logger, IPAddress source, string? why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Trap {Trap} from {Source}: {Ups} is read now")]
    private static partial void LogNews(ILogger logger, Oid trap, IPAddress source, string ups);

    [LoggerMessage(Level = LogLevel.Warning, Message = "More SNMP traps than can be of use: {Count} dropped so far")]
    private static partial void LogDropped(ILogger logger, long count);
}
