using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.Snmp.Agent;

/// <summary>Sends v2c traps to one receiver. Best effort, as traps are.</summary>
public sealed class SnmpTrapSender(EndPoint receiver, string community) : IDisposable
{
    private static readonly Oid SysUpTime = new(1, 3, 6, 1, 2, 1, 1, 3, 0);
    private static readonly Oid TrapOid = new(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);

    private readonly Socket _socket = new(SocketType.Dgram, ProtocolType.Udp);
    private int _id;

    /// <param name="trap">What happened.</param>
    /// <param name="upTime">Since the agent started.</param>
    /// <param name="variables">What it is about.</param>
    public async Task SendAsync(Oid trap, TimeSpan upTime, IReadOnlyList<SnmpVariable> variables, CancellationToken ct)
    {
        var ticks = (long)(upTime.TotalMilliseconds / 10) & uint.MaxValue;
        SnmpVariable[] all =
        [
            new(SysUpTime, SnmpValue.OfNumber(SnmpType.TimeTicks, ticks)),
            new(TrapOid, SnmpValue.OfObjectId(trap)),
            .. variables,
        ];
        var pdu = new SnmpPdu(SnmpPduType.Trap, Interlocked.Increment(ref _id), all);
        try
        {
            var datagram = new SnmpMessage(SnmpVersion.V2c, community, pdu).Encode();
            await _socket.SendToAsync(datagram, SocketFlags.None, receiver, ct);
        }
        catch (SocketException)
        {
            // Nobody there, or no such name: traps get lost.
        }
    }

    public void Dispose() => _socket.Dispose();
}
