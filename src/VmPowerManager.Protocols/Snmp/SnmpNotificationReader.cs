using System.Net;
using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>Reads what arrives at a trap port, in any version. For traps the sender's engine counts, for informs ours
/// (RFC 3412, 6.4; RFC 3414, 3). What it remembers is bounded. Any thread.</summary>
/// <param name="self">Our engine, for informs.</param>
public sealed class SnmpNotificationReader(UsmAuthority self, TimeProvider time)
{
    private const int MaxEngines = 4096;

    private static readonly Oid SysUpTime = new(1, 3, 6, 1, 2, 1, 1, 3, 0);
    private static readonly Oid TrapOid = new(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);
    private static readonly Oid TrapAddress = new(1, 3, 6, 1, 6, 3, 18, 1, 3, 0);
    private static readonly Oid GenericTraps = new(1, 3, 6, 1, 6, 3, 1, 1, 5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Engine, IPAddress Source), UsmClock> _clocks = [];
    private volatile IReadOnlyList<UsmKeys> _users = [];

    /// <summary>The v3 users of all senders. Several may have one name.</summary>
    public void SetUsers(IReadOnlyCollection<SnmpUser> users)
    {
        var known = _users;
        _users = [.. users.Distinct().Select(user => known.FirstOrDefault(k => k.User == user) ?? new UsmKeys(user))];
        self.SetUsers(users);
    }

    /// <summary>Never throws: a datagram that is no notification is one with a refusal.</summary>
    public SnmpReceived Read(ReadOnlySpan<byte> datagram, IPAddress source)
    {
        try
        {
            return SnmpMessage.VersionOf(datagram) is SnmpVersion.V3
                ? ReadV3(datagram, source)
                : ReadCommunity(datagram);
        }
        catch (SnmpException e)
        {
            return new SnmpReceived(null, null, e.Message);
        }
    }

    private static SnmpReceived ReadCommunity(ReadOnlySpan<byte> datagram)
    {
        var message = SnmpMessage.Decode(datagram);
        if (Notification(message.Version, message.Pdu) is not { } notification)
            return NoTrap(message.Pdu);
        var reply = notification.IsInform ? (message with { Pdu = Answer(message.Pdu) }).Encode() : null;
        return new SnmpReceived(notification with { Community = message.Community }, reply);
    }

    private SnmpReceived ReadV3(ReadOnlySpan<byte> datagram, IPAddress source)
    {
        var message = UsmMessage.Decode(datagram);
        var toUs = message.EngineId.Length == 0 || message.EngineId.AsSpan().SequenceEqual(self.EngineId.Span);
        return toUs ? ReadInform(datagram) : ReadTrap(datagram, message, source);
    }

    private SnmpReceived ReadInform(ReadOnlySpan<byte> datagram)
    {
        var receipt = self.Receive(datagram);
        if (receipt.Request is not { } request)
            return new SnmpReceived(null, receipt.Report, "not accepted from this user");
        if (Notification(SnmpVersion.V3, request.Pdu) is not { } notification)
            return NoTrap(request.Pdu);
        var reply = notification.IsInform ? self.Answer(request, Answer(request.Pdu)) : null;
        return new SnmpReceived(notification with { User = request.User }, reply);
    }

    private SnmpReceived ReadTrap(ReadOnlySpan<byte> datagram, UsmMessage message, IPAddress source)
    {
        var named = _users
            .Where(u => Encoding.UTF8.GetBytes(u.User.Name).AsSpan().SequenceEqual(message.UserName))
            .Where(u => IsAtLevel(u.User, message))
            .ToList();
        if (UsmSeal.Owner(datagram, message, named) is not { } secrets)
            return new SnmpReceived(null, null, "no user of this name, level and password");
        var engine = Convert.ToHexString(message.EngineId);
        if (message.IsAuthenticated && !IsNow((engine, source), message))
            return new SnmpReceived(null, null, "an old trap again");
        var pdu = UsmSeal.Open(message, secrets.User.Privacy, secrets.At(message.EngineId)).Pdu;
        return Notification(SnmpVersion.V3, pdu) is { IsInform: false } notification
            ? new SnmpReceived(notification with { User = secrets.User, EngineId = engine }, null)
            : NoTrap(pdu);
    }

    /// <summary>The first message of an engine sets its clock; then only forward. By address too: two cards may have one
    /// engine id.</summary>
    private bool IsNow((string Engine, IPAddress Source) sender, UsmMessage message)
    {
        lock (_gate)
        {
            if (_clocks.TryGetValue(sender, out var clock))
                return clock.Accept(message.Boots, message.Time, fresh: false);
            if (_clocks.Count >= MaxEngines)
                _clocks.Clear();
            _clocks[sender] = clock = new UsmClock(time);
            clock.Set(message.Boots, message.Time);
            return true;
        }
    }

    private static bool IsAtLevel(SnmpUser user, UsmMessage message) =>
        message.IsAuthenticated == user.Auth is not SnmpAuth.None
        && message.IsEncrypted == user.Privacy is not SnmpPrivacy.None;

    private static SnmpReceived NoTrap(SnmpPdu pdu) => new(null, null, $"a {pdu.Type} is no notification");

    private static SnmpPdu Answer(SnmpPdu inform) => new(SnmpPduType.Response, inform.RequestId, inform.Variables);

    private static SnmpNotification? Notification(SnmpVersion version, SnmpPdu pdu)
    {
        if (pdu.TrapV1 is { } head)
            return version is SnmpVersion.V1 ? OfV1(head, pdu) : null;
        if (pdu.Type is not (SnmpPduType.Trap or SnmpPduType.Inform) || version is SnmpVersion.V1)
            return null;
        var what = pdu.Variables.FirstOrDefault(v => v.Name == TrapOid)?.Value.ObjectId;
        var address = pdu.Variables.FirstOrDefault(v => v.Name == TrapAddress)?.Value;
        return new SnmpNotification(
            version,
            what ?? new Oid(0, 0),
            [.. pdu.Variables.Where(v => v.Name != SysUpTime && v.Name != TrapOid)]
        )
        {
            IsInform = pdu.Type is SnmpPduType.Inform,
            AgentAddress = address is { Type: SnmpType.IpAddress, Octets.Length: 4 }
                ? new IPAddress(address.Octets.Span)
                : null,
        };
    }

    /// <summary>RFC 3584, 3.1.</summary>
    private static SnmpNotification OfV1(SnmpTrapV1 head, SnmpPdu pdu)
    {
        const int EnterpriseSpecific = 6;
        var room = head.Enterprise.Length <= Oid.LongestLength - 2;
        var oid =
            head.Generic is >= 0 and < EnterpriseSpecific ? GenericTraps.Append((uint)head.Generic + 1)
            : room ? head.Enterprise.Append(0, (uint)head.Specific)
            : head.Enterprise;
        var known = !head.AgentAddress.Equals(IPAddress.Any);
        return new SnmpNotification(SnmpVersion.V1, oid, pdu.Variables)
        {
            AgentAddress = known ? head.AgentAddress : null,
        };
    }
}
