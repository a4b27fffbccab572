using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>A message of v1 or v2c: a PDU behind a community name (RFC 1157, RFC 1901). Requests and answers alike, so it
/// serves agents too.</summary>
public sealed record SnmpMessage(SnmpVersion Version, string Community, SnmpPdu Pdu)
{
    public byte[] Encode()
    {
        var writer = new BerWriter();
        PduCodec.Write(writer, Pdu);
        writer.Octets(Encoding.UTF8.GetBytes(Community));
        writer.Integer((int)Version);
        writer.Close(BerReader.Sequence, 0);
        return writer.ToArray();
    }

    /// <exception cref="SnmpException">Malformed: not a message of v1 or v2c.</exception>
    public static SnmpMessage Decode(ReadOnlySpan<byte> datagram)
    {
        var outer = new BerReader(datagram);
        var message = outer.Enter(BerReader.Sequence);
        var version = (SnmpVersion)message.ReadInt32();
        if (version is not (SnmpVersion.V1 or SnmpVersion.V2c))
            throw SnmpException.Malformed($"version {(int)version} where 0 or 1 belongs");
        var community = Encoding.UTF8.GetString(message.ReadOctets());
        return new SnmpMessage(version, community, PduCodec.Read(ref message));
    }

    /// <summary>Which version a datagram is of, for whoever reads all of them.</summary>
    /// <exception cref="SnmpException">Malformed, or of none that there is.</exception>
    public static SnmpVersion VersionOf(ReadOnlySpan<byte> datagram)
    {
        var outer = new BerReader(datagram);
        var version = (SnmpVersion)outer.Enter(BerReader.Sequence).ReadInt32();
        return Enum.IsDefined(version) ? version : throw SnmpException.Malformed($"version {(int)version}");
    }

    /// <summary>Without the community: it must not reach a log.</summary>
    public override string ToString() => $"{Version} {Pdu.Type} {Pdu.RequestId}";
}
