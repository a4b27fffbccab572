namespace VmPowerManager.Protocols.Snmp;

/// <summary>Reads BER as agents write it: lengths and numbers longer than needed are common and accepted; what runs past
/// its end is not. Nothing recurses: the depth is the caller's. Every failure is <see cref="SnmpFault.Malformed"/>.</summary>
internal ref struct BerReader(ReadOnlySpan<byte> bytes)
{
    public const byte Sequence = 0x30;
    private const int LongestNumber = 9;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next element, whatever it is.</summary>
    public ReadOnlySpan<byte> ReadAny(out byte tag)
    {
        if (_rest.Length < 2)
            throw SnmpException.Malformed("the message is cut off");
        tag = _rest[0];
        var length = ReadLength(out var head);
        if (length > _rest.Length - head)
            throw SnmpException.Malformed("a length runs past the end");
        var content = _rest.Slice(head, length);
        _rest = _rest[(head + length)..];
        return content;
    }

    public ReadOnlySpan<byte> Read(byte expected)
    {
        var content = ReadAny(out var tag);
        return tag == expected ? content : throw SnmpException.Malformed($"0x{tag:X2} where 0x{expected:X2} belongs");
    }

    public BerReader Enter(byte expected) => new(Read(expected));

    public ReadOnlySpan<byte> ReadOctets() => Read((byte)SnmpType.OctetString);

    public int ReadInt32()
    {
        var value = Signed(Read((byte)SnmpType.Integer));
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw SnmpException.Malformed("a number is out of its range");
    }

    public Oid ReadOid() => ObjectId(Read((byte)SnmpType.ObjectId));

    /// <summary>Two's complement.</summary>
    public static long Signed(ReadOnlySpan<byte> content)
    {
        CheckNumber(content);
        var value = content[0] >= 0x80 ? -1L : 0L;
        foreach (var octet in content)
            value = (value << 8) | octet;
        return value;
    }

    /// <summary>A counter or gauge: agents forget the zero octet that keeps the first bit from being a sign.</summary>
    /// <param name="content">The content octets.</param>
    /// <param name="bits">32 or 64: more than that is a sign extended.</param>
    public static long Unsigned(ReadOnlySpan<byte> content, int bits)
    {
        CheckNumber(content);
        ulong value = 0;
        foreach (var octet in content)
            value = (value << 8) | octet;
        return bits == 32 ? (uint)value : (long)value;
    }

    /// <summary>At most 128 numbers of 32 bits; an empty one, which some agents write, is 0.0.</summary>
    public static Oid ObjectId(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return new Oid(0, 0);
        Span<uint> arcs = stackalloc uint[Oid.LongestLength];
        var count = 0;
        for (var at = 0; at < content.Length; )
        {
            var arc = ReadArc(content, ref at);
            if (count == 0)
            {
                var top = Math.Min(arc / 40, 2);
                arcs[count++] = (uint)top;
                arc -= top * 40;
            }
            if (count == Oid.LongestLength || arc > uint.MaxValue)
                throw SnmpException.Malformed("an object identifier is too long");
            arcs[count++] = (uint)arc;
        }
        return new Oid(arcs[..count]);
    }

    private static ulong ReadArc(ReadOnlySpan<byte> content, ref int at)
    {
        ulong arc = 0;
        while (at < content.Length)
        {
            var octet = content[at++];
            arc = (arc << 7) | (uint)(octet & 0x7F);
            if (arc > uint.MaxValue + 80UL)
                break;
            if (octet < 0x80)
                return arc;
        }
        throw SnmpException.Malformed("a number of an object identifier does not end");
    }

    private static void CheckNumber(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > LongestNumber)
            throw SnmpException.Malformed("a number without a sensible length");
    }

    private readonly int ReadLength(out int head)
    {
        var first = _rest[1];
        head = 2;
        if (first < 0x80)
            return first;
        var octets = first & 0x7F;
        if (octets is 0 or > 8 || octets > _rest.Length - head)
            throw SnmpException.Malformed("a length that cannot be read");
        ulong length = 0;
        foreach (var octet in _rest.Slice(head, octets))
            length = (length << 8) | octet;
        head += octets;
        return length <= int.MaxValue ? (int)length : throw SnmpException.Malformed("a length runs past the end");
    }
}
