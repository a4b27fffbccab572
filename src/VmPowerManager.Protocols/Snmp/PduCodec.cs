using System.Net;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>PDUs to and from BER (RFC 1157, 4.1; RFC 3416, 3).</summary>
internal static class PduCodec
{
    public static void Write(BerWriter writer, SnmpPdu pdu)
    {
        var before = writer.Length;
        WriteVariables(writer, pdu.Variables);
        if (pdu.TrapV1 is { } trap)
        {
            writer.Unsigned((byte)SnmpType.TimeTicks, trap.UpTime);
            writer.Integer(trap.Specific);
            writer.Integer(trap.Generic);
            writer.Element((byte)SnmpType.IpAddress, trap.AgentAddress.GetAddressBytes());
            writer.ObjectId((byte)SnmpType.ObjectId, trap.Enterprise);
        }
        else
        {
            var bulk = pdu.Type is SnmpPduType.GetBulk;
            writer.Integer(bulk ? pdu.MaxRepetitions : pdu.ErrorIndex);
            writer.Integer(bulk ? pdu.NonRepeaters : (int)pdu.Status);
            writer.Integer(pdu.RequestId);
        }
        writer.Close((byte)pdu.Type, before);
    }

    /// <exception cref="SnmpException">Malformed.</exception>
    public static SnmpPdu Read(ref BerReader reader)
    {
        var body = new BerReader(reader.ReadAny(out var tag));
        var type = (SnmpPduType)tag;
        if (!Enum.IsDefined(type))
            throw SnmpException.Malformed($"0x{tag:X2} is no PDU");
        if (type is SnmpPduType.TrapV1)
        {
            var trap = ReadTrapV1(ref body);
            return new SnmpPdu(type, 0, ReadVariables(ref body)) { TrapV1 = trap };
        }
        var id = body.ReadInt32();
        var (first, second) = (body.ReadInt32(), body.ReadInt32());
        var variables = ReadVariables(ref body);
        return type is SnmpPduType.GetBulk
            ? new SnmpPdu(type, id, variables) { NonRepeaters = first, MaxRepetitions = second }
            : new SnmpPdu(type, id, variables) { Status = (SnmpErrorStatus)first, ErrorIndex = second };
    }

    private static SnmpTrapV1 ReadTrapV1(ref BerReader body)
    {
        var enterprise = body.ReadOid();
        var address = body.Read((byte)SnmpType.IpAddress);
        var generic = body.ReadInt32();
        var specific = body.ReadInt32();
        var upTime = (uint)BerReader.Unsigned(body.Read((byte)SnmpType.TimeTicks), 32);
        return new SnmpTrapV1(
            enterprise,
            address.Length is 4 or 16 ? new IPAddress(address) : IPAddress.Any,
            generic,
            specific,
            upTime
        );
    }

    private static void WriteVariables(BerWriter writer, IReadOnlyList<SnmpVariable> variables)
    {
        var list = writer.Length;
        for (var i = variables.Count - 1; i >= 0; i--)
        {
            var before = writer.Length;
            WriteValue(writer, variables[i].Value);
            writer.ObjectId((byte)SnmpType.ObjectId, variables[i].Name);
            writer.Close(BerReader.Sequence, before);
        }
        writer.Close(BerReader.Sequence, list);
    }

    private static void WriteValue(BerWriter writer, SnmpValue value)
    {
        var tag = (byte)value.Type;
        switch (value.Type)
        {
            case SnmpType.Integer:
                writer.Signed(tag, value.Integer);
                break;
            case SnmpType.ObjectId:
                writer.ObjectId(tag, value.ObjectId ?? new Oid(0, 0));
                break;
            case SnmpType.OctetString or SnmpType.IpAddress or SnmpType.Opaque:
                writer.Element(tag, value.Octets.Span);
                break;
            case SnmpType.Counter64:
                writer.Unsigned(tag, (ulong)value.Integer);
                break;
            case SnmpType.Counter32 or SnmpType.Gauge32 or SnmpType.TimeTicks:
                writer.Unsigned(tag, (uint)value.Integer);
                break;
            default:
                writer.Element(tag, []);
                break;
        }
    }

    private static List<SnmpVariable> ReadVariables(ref BerReader body)
    {
        var variables = new List<SnmpVariable>();
        // Some agents leave an empty list out.
        var list = body.AtEnd ? body : body.Enter(BerReader.Sequence);
        while (!list.AtEnd)
        {
            if (variables.Count == SnmpLimits.VariablesInMessage)
                throw SnmpException.Malformed("too many variables");
            var pair = list.Enter(BerReader.Sequence);
            variables.Add(new SnmpVariable(pair.ReadOid(), ReadValue(ref pair)));
        }
        return variables;
    }

    /// <summary>A type that is not SNMP's costs its variable, not the message: it reads as absent.</summary>
    private static SnmpValue ReadValue(ref BerReader pair)
    {
        const byte NsapAddress = 0x45;
        const byte UInteger32 = 0x47;
        var content = pair.ReadAny(out var tag);
        return tag switch
        {
            (byte)SnmpType.Integer or (byte)SnmpType.Counter64 or UInteger32 when content.IsEmpty => Nothing,
            (byte)SnmpType.Counter32 or (byte)SnmpType.Gauge32 or (byte)SnmpType.TimeTicks when content.IsEmpty =>
                Nothing,
            (byte)SnmpType.Integer => SnmpValue.OfNumber(SnmpType.Integer, BerReader.Signed(content)),
            (byte)SnmpType.Counter32 or (byte)SnmpType.Gauge32 or (byte)SnmpType.TimeTicks => SnmpValue.OfNumber(
                (SnmpType)tag,
                BerReader.Unsigned(content, 32)
            ),
            UInteger32 => SnmpValue.OfNumber(SnmpType.Gauge32, BerReader.Unsigned(content, 32)),
            (byte)SnmpType.Counter64 => SnmpValue.OfNumber(SnmpType.Counter64, BerReader.Unsigned(content, 64)),
            (byte)SnmpType.OctetString or (byte)SnmpType.IpAddress or (byte)SnmpType.Opaque => SnmpValue.OfOctets(
                (SnmpType)tag,
                content.ToArray()
            ),
            NsapAddress => SnmpValue.OfOctets(SnmpType.OctetString, content.ToArray()),
            (byte)SnmpType.ObjectId => SnmpValue.OfObjectId(BerReader.ObjectId(content)),
            (byte)SnmpType.NoSuchObject or (byte)SnmpType.NoSuchInstance or (byte)SnmpType.EndOfMibView =>
                SnmpValue.Absent((SnmpType)tag),
            _ => Nothing,
        };
    }

    private static SnmpValue Nothing => SnmpValue.Absent(SnmpType.Null);
}
