using System.Security.Cryptography;
using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>The other side of v3: the engine whose clock and id count. An agent is one for requests, whoever receives
/// informs for those. Any thread; the number of users is the caller's to bound.</summary>
/// <param name="engineId">5 to 32 octets, of this engine alone (RFC 3411, 5).</param>
/// <param name="boots">How often this engine started: to be kept over restarts, or at least never to go back.</param>
public sealed class UsmAuthority(ReadOnlyMemory<byte> engineId, int boots, TimeProvider time)
{
    private readonly byte[] _engineId = engineId.ToArray();
    private readonly UsmClock _clock = UsmClock.Started(boots, time);
    private readonly Dictionary<Oid, uint> _counts = [];
    private volatile IReadOnlyList<UsmKeys> _users = [];

    public ReadOnlyMemory<byte> EngineId => _engineId;

    /// <summary>Who may send here. Keys of users that stay the same are kept.</summary>
    public void SetUsers(IReadOnlyCollection<SnmpUser> users)
    {
        var known = _users;
        _users = [.. users.Select(user => known.FirstOrDefault(k => k.User == user) ?? new UsmKeys(user))];
    }

    /// <summary>Checks and opens a datagram of v3 that asks this engine.</summary>
    /// <exception cref="SnmpException">Malformed: to be dropped.</exception>
    public UsmReceipt Receive(ReadOnlySpan<byte> datagram)
    {
        var message = UsmMessage.Decode(datagram);
        if (message.EngineId.Length == 0 || !message.EngineId.AsSpan().SequenceEqual(_engineId))
            return Refuse(message, UsmReports.UnknownEngineIds);
        var named = _users
            .Where(u => Encoding.UTF8.GetBytes(u.User.Name).AsSpan().SequenceEqual(message.UserName))
            .ToList();
        if (named.Count == 0)
            return Refuse(message, UsmReports.UnknownUserNames);
        var able = named.Where(u => IsAble(u.User, message)).ToList();
        if (able.Count == 0)
            return Refuse(message, UsmReports.UnsupportedSecLevels);
        if (UsmSeal.Owner(datagram, message, able) is not { } secrets)
            return Refuse(message, UsmReports.WrongDigests);
        if (message.IsAuthenticated && !_clock.IsNow(message.Boots, message.Time))
            return Refuse(message, UsmReports.NotInTimeWindows, secrets);
        return Open(message, secrets);
    }

    /// <summary>The answer to a request that was accepted, as its sender must get it.</summary>
    public byte[] Answer(UsmRequest request, SnmpPdu pdu)
    {
        var message = Reply(request.Message) with
        {
            IsAuthenticated = request.Message.IsAuthenticated,
            IsEncrypted = request.Message.IsEncrypted,
        };
        var scope = new UsmScope(request.Scope.ContextEngineId, request.Scope.ContextName, pdu);
        return UsmSeal.Close(message, scope, request.Secrets, request.Secrets.At(_engineId));
    }

    private static bool IsAble(SnmpUser user, UsmMessage message) =>
        (!message.IsAuthenticated || user.Auth is not SnmpAuth.None)
        && (!message.IsEncrypted || (message.IsAuthenticated && user.Privacy is not SnmpPrivacy.None));

    private UsmReceipt Open(UsmMessage message, UsmKeys secrets)
    {
        var user = secrets.User;
        // A user with keys who comes without them is anybody.
        if (!message.IsAuthenticated && user.Auth is not SnmpAuth.None)
            return Refuse(message, UsmReports.UnsupportedSecLevels);
        if (!message.IsEncrypted && user.Privacy is not SnmpPrivacy.None)
            return Refuse(message, UsmReports.UnsupportedSecLevels);
        try
        {
            var scope = UsmSeal.Open(message, user.Privacy, secrets.At(_engineId));
            return new UsmReceipt(new UsmRequest(message, secrets, scope), null);
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.WrongPrivacy)
        {
            return Refuse(message, UsmReports.DecryptionErrors);
        }
    }

    /// <summary>RFC 3412, 7.1 3: only what asks for reports is reported to, and no answer is answered.</summary>
    private UsmReceipt Refuse(UsmMessage message, Oid counter, UsmKeys? signer = null)
    {
        uint count;
        lock (_counts)
            count = _counts[counter] = _counts.GetValueOrDefault(counter) + 1;
        if (!message.IsReportable)
            return new UsmReceipt(null, null);
        var value = SnmpValue.OfNumber(SnmpType.Counter32, count);
        var pdu = new SnmpPdu(SnmpPduType.Report, RequestIdOf(message), [new SnmpVariable(counter, value)]);
        var reply = Reply(message) with { IsAuthenticated = signer is not null };
        var scope = new UsmScope(_engineId, [], pdu);
        var secrets = signer ?? new UsmKeys(new SnmpUser(""));
        return new UsmReceipt(null, UsmSeal.Close(reply, scope, secrets, secrets.At(_engineId)));
    }

    private UsmMessage Reply(UsmMessage message) =>
        new(message.MessageId, _engineId, _clock.Boots, _clock.Seconds, message.UserName);

    private static int RequestIdOf(UsmMessage message)
    {
        try
        {
            return message.IsEncrypted ? 0 : UsmScope.Decode(message.Data).Pdu.RequestId;
        }
        catch (SnmpException)
        {
            return 0;
        }
    }

    /// <summary>An engine id for who has none: our own format (RFC 3411: enterprise, then octets of choice), random.</summary>
    public static byte[] NewEngineId()
    {
        // 0x80: the format of RFC 3411, of enterprise 0, which is nobody's; 5: octets follow.
        byte[] head = [0x80, 0, 0, 0, 5];
        return [.. head, .. RandomNumberGenerator.GetBytes(8)];
    }
}

/// <summary>What became of a datagram: a request to be served, or else a report to be sent back; both may be missing.</summary>
public sealed record UsmReceipt(UsmRequest? Request, byte[]? Report);

/// <summary>A request that was checked, and what its answer needs of it.</summary>
public sealed class UsmRequest
{
    internal UsmRequest(UsmMessage message, UsmKeys secrets, UsmScope scope) =>
        (Message, Secrets, Scope) = (message, secrets, scope);

    public SnmpPdu Pdu => Scope.Pdu;
    public SnmpUser User => Secrets.User;
    public string ContextName => Encoding.UTF8.GetString(Scope.ContextName);

    /// <summary>The largest answer that the sender can take.</summary>
    public int MaxSize => Message.MaxSize;

    internal UsmMessage Message { get; }
    internal UsmKeys Secrets { get; }
    internal UsmScope Scope { get; }
}
