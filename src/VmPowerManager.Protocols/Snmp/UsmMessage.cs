namespace VmPowerManager.Protocols.Snmp;

/// <summary>A v3 message as it is on the wire, not opened (RFC 3412, 6; RFC 3414, 2.4).</summary>
internal sealed record UsmMessage(int MessageId, byte[] EngineId, int Boots, int Time, byte[] UserName)
{
    private const int UsmModel = 3;
    private const int LongestEngineId = 64;
    private const int LongestUserName = 255;

    public int MaxSize { get; init; } = SnmpLimits.DatagramBytes;
    public bool IsAuthenticated { get; init; }
    public bool IsEncrypted { get; init; }
    public bool IsReportable { get; init; }
    public byte[] AuthParameters { get; init; } = [];
    public byte[] PrivacyParameters { get; init; } = [];

    /// <summary>The scoped PDU with its tag; where encrypted, the cipher's text.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>Where in the encoded message the authentication parameters are.</summary>
    public int AuthOffset { get; private init; }

    /// <summary>The message alone, without what a sender put behind it.</summary>
    public int Extent { get; private init; }

    /// <param name="authOffset">Where the authentication parameters went.</param>
    public byte[] Encode(out int authOffset)
    {
        var writer = new BerWriter();
        if (IsEncrypted)
            writer.Octets(Data);
        else
            writer.Raw(Data);
        var parameters = writer.Length;
        writer.Octets(PrivacyParameters);
        writer.Raw(AuthParameters);
        var auth = writer.Length;
        writer.Close((byte)SnmpType.OctetString, auth - AuthParameters.Length);
        writer.Octets(UserName);
        writer.Integer(Time);
        writer.Integer(Boots);
        writer.Octets(EngineId);
        writer.Close(BerReader.Sequence, parameters);
        writer.Close((byte)SnmpType.OctetString, parameters);
        var header = writer.Length;
        writer.Integer(UsmModel);
        writer.Octets([Flags]);
        writer.Integer(MaxSize);
        writer.Integer(MessageId);
        writer.Close(BerReader.Sequence, header);
        writer.Integer((int)SnmpVersion.V3);
        writer.Close(BerReader.Sequence, 0);
        authOffset = writer.Length - auth;
        return writer.ToArray();
    }

    /// <exception cref="SnmpException">Malformed.</exception>
    public static UsmMessage Decode(ReadOnlySpan<byte> datagram)
    {
        var outer = new BerReader(datagram);
        var content = outer.Read(BerReader.Sequence);
        datagram.Overlaps(content, out var head);
        var message = new BerReader(content);
        if (message.ReadInt32() != (int)SnmpVersion.V3)
            throw SnmpException.Malformed("not version 3");
        var header = message.Enter(BerReader.Sequence);
        var (id, maxSize) = (header.ReadInt32(), header.ReadInt32());
        var flags = header.ReadOctets();
        if (flags.Length != 1 || header.ReadInt32() != UsmModel)
            throw SnmpException.Malformed("a security model that nobody agreed on");
        var wrapped = new BerReader(message.ReadOctets());
        var parameters = wrapped.Enter(BerReader.Sequence);
        var engineId = parameters.ReadOctets();
        var (boots, time) = (parameters.ReadInt32(), parameters.ReadInt32());
        var user = parameters.ReadOctets();
        if (engineId.Length > LongestEngineId || user.Length > LongestUserName)
            throw SnmpException.Malformed("an engine id or user name is too long");
        var auth = parameters.ReadOctets();
        var offset = 0;
        if (!auth.IsEmpty)
            datagram.Overlaps(auth, out offset);
        return new UsmMessage(id, engineId.ToArray(), boots, time, user.ToArray())
        {
            MaxSize = maxSize,
            IsAuthenticated = (flags[0] & 1) != 0,
            IsEncrypted = (flags[0] & 2) != 0,
            IsReportable = (flags[0] & 4) != 0,
            AuthParameters = auth.ToArray(),
            PrivacyParameters = parameters.ReadOctets().ToArray(),
            Data = ReadData(ref message, (flags[0] & 2) != 0),
            AuthOffset = offset,
            Extent = head + content.Length,
        };
    }

    private byte Flags => (byte)((IsAuthenticated ? 1 : 0) | (IsEncrypted ? 2 : 0) | (IsReportable ? 4 : 0));

    /// <summary>A scoped PDU keeps its frame, as a decrypted one has it.</summary>
    private static byte[] ReadData(ref BerReader message, bool encrypted)
    {
        if (encrypted)
            return message.ReadOctets().ToArray();
        var writer = new BerWriter();
        writer.Element(BerReader.Sequence, message.Read(BerReader.Sequence));
        return writer.ToArray();
    }
}

/// <summary>A PDU and the context it is meant for (RFC 3412, 6).</summary>
internal sealed record UsmScope(byte[] ContextEngineId, byte[] ContextName, SnmpPdu Pdu)
{
    public byte[] Encode()
    {
        var writer = new BerWriter();
        PduCodec.Write(writer, Pdu);
        writer.Octets(ContextName);
        writer.Octets(ContextEngineId);
        writer.Close(BerReader.Sequence, 0);
        return writer.ToArray();
    }

    /// <exception cref="SnmpException">Malformed.</exception>
    public static UsmScope Decode(ReadOnlySpan<byte> data)
    {
        var outer = new BerReader(data);
        var scope = outer.Enter(BerReader.Sequence);
        var engineId = scope.ReadOctets().ToArray();
        var name = scope.ReadOctets().ToArray();
        return new UsmScope(engineId, name, PduCodec.Read(ref scope));
    }
}
