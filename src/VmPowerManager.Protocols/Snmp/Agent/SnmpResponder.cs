namespace VmPowerManager.Protocols.Snmp.Agent;

/// <summary>From a request to its answer (RFC 1157, 4.1; RFC 3416, 4.2). No I/O.</summary>
internal sealed class SnmpResponder(ISnmpObjects objects, SnmpAgentAccess access, UsmAuthority authority)
{
    /// <summary>Bytes of variables in one answer: what fits Ethernet, as agents of cards send it.</summary>
    private const int MostBytes = 1400;
    private const int MostRepetitions = 100;

    /// <summary>Null: nothing is sent back.</summary>
    /// <exception cref="SnmpException">Malformed.</exception>
    public byte[]? Answer(ReadOnlySpan<byte> datagram)
    {
        if (objects.IsSilent)
            return null;
        if (SnmpMessage.VersionOf(datagram) is not SnmpVersion.V3)
            return AnswerCommunity(SnmpMessage.Decode(datagram));
        var receipt = authority.Receive(datagram);
        if (receipt.Request is not { } request)
            return receipt.Report;
        return Answer(SnmpVersion.V3, request.Pdu, maySet: true) is { } pdu ? authority.Answer(request, pdu) : null;
    }

    private byte[]? AnswerCommunity(SnmpMessage message)
    {
        var maySet = access.WriteCommunity is not null && message.Community == access.WriteCommunity;
        if (!maySet && (access.ReadCommunity is null || message.Community != access.ReadCommunity))
            return null;
        return Answer(message.Version, message.Pdu, maySet) is { } pdu ? (message with { Pdu = pdu }).Encode() : null;
    }

    private SnmpPdu? Answer(SnmpVersion version, SnmpPdu request, bool maySet) =>
        request.Type switch
        {
            SnmpPduType.Get => Get(version, request),
            SnmpPduType.GetNext => GetNext(version, request),
            SnmpPduType.GetBulk when version is not SnmpVersion.V1 => GetBulk(request),
            SnmpPduType.Set => Set(version, request, maySet),
            _ => null,
        };

    private SnmpPdu Get(SnmpVersion version, SnmpPdu request)
    {
        var found = new List<SnmpVariable>(request.Variables.Count);
        for (var i = 0; i < request.Variables.Count; i++)
        {
            var name = request.Variables[i].Name;
            var value = objects.Find(name);
            // v1 cannot carry 64 bits either.
            if (version is SnmpVersion.V1 && value is null or { Type: SnmpType.Counter64 })
                return Refuse(request, SnmpErrorStatus.NoSuchName, i + 1);
            found.Add(new SnmpVariable(name, value ?? SnmpValue.Absent(SnmpType.NoSuchInstance)));
        }
        return Done(request, found);
    }

    private SnmpPdu GetNext(SnmpVersion version, SnmpPdu request)
    {
        var found = new List<SnmpVariable>(request.Variables.Count);
        for (var i = 0; i < request.Variables.Count; i++)
        {
            if (objects.Next(request.Variables[i].Name) is { } next)
                found.Add(next);
            else if (version is SnmpVersion.V1)
                return Refuse(request, SnmpErrorStatus.NoSuchName, i + 1);
            else
                found.Add(End(request.Variables[i].Name));
        }
        return Done(request, found);
    }

    /// <summary>RFC 3416, 4.2.3: as much as fits; it may end early anywhere.</summary>
    private SnmpPdu GetBulk(SnmpPdu request)
    {
        var once = Math.Clamp(request.NonRepeaters, 0, request.Variables.Count);
        var rows = Math.Clamp(request.MaxRepetitions, 0, MostRepetitions);
        var found = new List<SnmpVariable>();
        var bytes = 0;
        for (var i = 0; i < once; i++)
            Take(request.Variables[i].Name);
        var names = request.Variables.Skip(once).Select(v => v.Name).ToArray();
        for (var row = 0; row < rows && names.Length > 0; row++)
        {
            var ended = 0;
            for (var i = 0; i < names.Length; i++)
            {
                if (bytes > MostBytes)
                    return Done(request, found);
                var next = Take(names[i]);
                names[i] = next.Name;
                ended += next.Value.Type is SnmpType.EndOfMibView ? 1 : 0;
            }
            if (ended == names.Length)
                break;
        }
        return Done(request, found);

        SnmpVariable Take(Oid name)
        {
            var next = objects.Next(name) ?? End(name);
            found.Add(next);
            bytes += next.Name.Length + next.Value.Octets.Length + 12;
            return next;
        }
    }

    private SnmpPdu Set(SnmpVersion version, SnmpPdu request, bool maySet)
    {
        if (!maySet)
            return Refuse(
                request,
                version is SnmpVersion.V1 ? SnmpErrorStatus.NoSuchName : SnmpErrorStatus.NoAccess,
                1
            );
        var (status, index) = objects.Set(request.Variables);
        if (status is SnmpErrorStatus.NoError)
            return Done(request, request.Variables);
        return Refuse(request, version is SnmpVersion.V1 ? OfV1(status) : status, index);
    }

    /// <summary>RFC 3584, 4.4.</summary>
    private static SnmpErrorStatus OfV1(SnmpErrorStatus status) =>
        status switch
        {
            SnmpErrorStatus.WrongType
            or SnmpErrorStatus.WrongLength
            or SnmpErrorStatus.WrongEncoding
            or SnmpErrorStatus.WrongValue
            or SnmpErrorStatus.InconsistentValue => SnmpErrorStatus.BadValue,
            SnmpErrorStatus.NoAccess
            or SnmpErrorStatus.NotWritable
            or SnmpErrorStatus.NoCreation
            or SnmpErrorStatus.InconsistentName => SnmpErrorStatus.NoSuchName,
            <= SnmpErrorStatus.GenErr => status,
            _ => SnmpErrorStatus.GenErr,
        };

    private static SnmpVariable End(Oid name) => new(name, SnmpValue.Absent(SnmpType.EndOfMibView));

    private static SnmpPdu Done(SnmpPdu request, IReadOnlyList<SnmpVariable> variables) =>
        new(SnmpPduType.Response, request.RequestId, variables);

    /// <summary>An error returns the variables as they came.</summary>
    private static SnmpPdu Refuse(SnmpPdu request, SnmpErrorStatus status, int index) =>
        new(SnmpPduType.Response, request.RequestId, request.Variables) { Status = status, ErrorIndex = index };
}
