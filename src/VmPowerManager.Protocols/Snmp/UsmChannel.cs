using System.Security.Cryptography;
using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>v3 with the user-based security model. Knows one engine: the one that answers at this address. After any
/// silence it asks anew who that is.</summary>
internal sealed class UsmChannel(SnmpLink link, TimeProvider time) : ISnmpChannel
{
    /// <summary>Repairs (clock, engine) within one request; an agent that wants more of them is not to be had.</summary>
    private const int MaxRepairs = 3;

    private readonly SnmpUser _user = link.Endpoint.User;
    private readonly UsmKeys _keys = new(link.Endpoint.User);
    private readonly UsmClock _clock = new(time);
    private byte[] _engineId = [];

    /// <summary>With these settings: a later silence has other reasons than them.</summary>
    private bool _everAnswered;

    private static Scope Anywhere { get; } = new("", null);
    private Scope Context => new(link.Endpoint.ContextName, link.Endpoint.ContextEngine);
    private bool Authenticates => _user.Auth is not SnmpAuth.None;
    private bool Encrypts => _user.Privacy is not SnmpPrivacy.None;

    public async Task<SnmpPdu> AskAsync(SnmpPdu request, int tries, CancellationToken ct)
    {
        // Bad settings are told before anything is sent.
        _keys.Check();
        var answered = false;
        try
        {
            for (var repairs = 0; ; repairs++)
            {
                if (_engineId.Length == 0)
                    await DiscoverAsync(tries, ct);
                var answer = await SendAsync(request, tries, ct);
                if (answer.Pdu.Type is SnmpPduType.Response)
                {
                    answered = true;
                    _everAnswered = true;
                    return answer.Pdu;
                }
                if (repairs == MaxRepairs || !Repair(answer))
                    throw UsmReports.Exception(answer.Pdu);
            }
        }
        finally
        {
            // A card may have been replaced. The keys stay, so nothing is lost but one exchange.
            if (!answered)
                _engineId = [];
        }
    }

    /// <summary>RFC 3414, 4: a request of nobody, which the engine answers by its id and clock.</summary>
    private async Task DiscoverAsync(int tries, CancellationToken ct)
    {
        var request = new UsmMessage(NewId(), [], 0, 0, []) { IsReportable = true };
        var scope = new UsmScope([], [], new SnmpPdu(SnmpPduType.Get, request.MessageId, []));
        var datagram = (request with { Data = scope.Encode() }).Encode(out _);
        var answer = await link.ExchangeAsync(
            () => datagram,
            arrived =>
            {
                var message = UsmMessage.Decode(arrived);
                return message.MessageId == request.MessageId && message.EngineId.Length > 0 ? message : null;
            },
            tries,
            ct
        );
        _engineId = answer.EngineId;
        // Not proven yet: a wrong clock ends in a report that is.
        _clock.Set(answer.Boots, answer.Time);
    }

    private async Task<Answer> SendAsync(SnmpPdu request, int tries, CancellationToken ct)
    {
        try
        {
            return await SendAsync(request, Context, tries, ct);
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout && !_everAnswered)
        {
            throw await WhySilentAsync(request, ct) ?? e;
        }
    }

    private Task<Answer> SendAsync(SnmpPdu request, Scope scope, int tries, CancellationToken ct)
    {
        var sent = new List<int>();
        return link.ExchangeAsync(() => Encode(request, scope, sent), d => Open(d, request, sent), tries, ct);
    }

    /// <summary>Agents drop what they cannot decrypt, and what is for a context that they do not have (net-snmp does
    /// both), without a word.</summary>
    private async Task<SnmpException?> WhySilentAsync(SnmpPdu request, CancellationToken ct)
    {
        try
        {
            if (
                Context != Anywhere
                && await SendAsync(request, Anywhere, tries: 1, ct) is { Pdu.Type: SnmpPduType.Response }
            )
                return new SnmpException(
                    SnmpFault.UnknownContext,
                    $"The agent answers, but not for the context \"{link.Endpoint.ContextName}\"."
                );
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout)
        {
            // Not the context.
        }
        if (!Encrypts || !await IsAliveAsync(ct))
            return null;
        return new SnmpException(
            SnmpFault.WrongPrivacy,
            "The agent answers this user, but not what is encrypted: wrong privacy password or protocol."
        );
    }

    private byte[] Encode(SnmpPdu request, Scope scope, List<int> sent)
    {
        var id = NewId();
        sent.Add(id);
        var message = new UsmMessage(id, _engineId, _clock.Boots, _clock.Seconds, Encoding.UTF8.GetBytes(_user.Name))
        {
            IsReportable = true,
            IsAuthenticated = Authenticates,
            IsEncrypted = Encrypts,
        };
        return UsmSeal.Close(message, Wrap(request, scope), _keys, _keys.At(_engineId));
    }

    private UsmScope Wrap(SnmpPdu request, Scope scope) =>
        new(scope.EngineId ?? _engineId, Encoding.UTF8.GetBytes(scope.Name), request);

    /// <summary>RFC 3414, 3.2 from our side. A message id is random and under the digest: what bears it is no replay.</summary>
    private Answer? Open(ReadOnlySpan<byte> datagram, SnmpPdu request, List<int> sent)
    {
        var message = UsmMessage.Decode(datagram);
        if (!sent.Contains(message.MessageId))
            return null;
        var keys = _keys.At(_engineId);
        var ours = message.EngineId.AsSpan().SequenceEqual(_engineId);
        if (message.IsAuthenticated && !(ours && UsmSeal.IsGenuine(datagram, message, _user.Auth, keys)))
            return null;
        if (message.IsEncrypted && !(Encrypts && message.IsAuthenticated))
            return null;
        var pdu = UsmSeal.Open(message, _user.Privacy, keys).Pdu;
        var atOurLevel = message.IsAuthenticated == Authenticates && message.IsEncrypted == Encrypts;
        var answer = new Answer(pdu, message.EngineId, message.Boots, message.Time, message.IsAuthenticated);
        if (pdu.Type is SnmpPduType.Report)
            return answer;
        var fits = pdu.Type is SnmpPduType.Response && pdu.RequestId == request.RequestId && ours && atOurLevel;
        return fits && (!Authenticates || _clock.Accept(message.Boots, message.Time, fresh: true)) ? answer : null;
    }

    /// <summary>What a report asks for and we can do.</summary>
    private bool Repair(Answer report)
    {
        switch (UsmReports.Reason(report.Pdu))
        {
            case SnmpFault.NotInTimeWindow when report.IsAuthenticated:
                // Fresh by its message id: also an engine whose count of boots went back is believed.
                _clock.Set(report.Boots, report.Time);
                return true;
            case SnmpFault.NotInTimeWindow:
                _engineId = [];
                return true;
            case SnmpFault.UnknownEngine when report.EngineId.Length > 0:
                _engineId = report.EngineId;
                _clock.Set(report.Boots, report.Time);
                _everAnswered = false;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Agents check the digest, then the clock, then decrypt. A clock that is surely wrong is reported in clear
    /// and signed: whoever does that is there and knows the user.</summary>
    private async Task<bool> IsAliveAsync(CancellationToken ct)
    {
        var request = new UsmMessage(
            NewId(),
            _engineId,
            _clock.Boots ^ 1,
            _clock.Seconds,
            Encoding.UTF8.GetBytes(_user.Name)
        )
        {
            IsReportable = true,
            IsAuthenticated = true,
        };
        var nothing = new SnmpPdu(SnmpPduType.Get, request.MessageId, []);
        var keys = _keys.At(_engineId);
        try
        {
            await link.ExchangeAsync(
                () => UsmSeal.Close(request, Wrap(nothing, Anywhere), _keys, keys),
                arrived =>
                {
                    var message = UsmMessage.Decode(arrived);
                    var genuine = UsmSeal.IsGenuine(arrived, message, _user.Auth, keys);
                    return message.MessageId == request.MessageId && genuine ? message : null;
                },
                tries: 1,
                ct
            );
            return true;
        }
        catch (SnmpException)
        {
            return false;
        }
    }

    private static int NewId() => RandomNumberGenerator.GetInt32(1, int.MaxValue);

    private sealed record Scope(string Name, byte[]? EngineId);

    private sealed record Answer(SnmpPdu Pdu, byte[] EngineId, int Boots, int Time, bool IsAuthenticated);
}
