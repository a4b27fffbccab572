using System.Buffers.Binary;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>Writes BER from the back to the front, so that every length is known when its turn comes: contents are
/// written last to first, then closed with their tag.</summary>
internal sealed class BerWriter
{
    private byte[] _buffer = new byte[512];

    /// <summary>Octets written so far: what <see cref="Close"/> needs from before its contents.</summary>
    public int Length { get; private set; }

    public byte[] ToArray() => _buffer[^Length..];

    public void Raw(ReadOnlySpan<byte> octets)
    {
        while (_buffer.Length - Length < octets.Length)
        {
            var larger = new byte[_buffer.Length * 2];
            _buffer.AsSpan(^Length..).CopyTo(larger.AsSpan(^Length..));
            _buffer = larger;
        }
        octets.CopyTo(_buffer.AsSpan(_buffer.Length - Length - octets.Length));
        Length += octets.Length;
    }

    /// <summary>Puts tag and length before all that was written since <paramref name="before"/>.</summary>
    public void Close(byte tag, int before)
    {
        var length = Length - before;
        if (length < 0x80)
        {
            Raw([tag, (byte)length]);
            return;
        }
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, length);
        var used = octets[octets.IndexOfAnyExcept((byte)0)..];
        Raw(used);
        Raw([tag, (byte)(0x80 | used.Length)]);
    }

    public void Element(byte tag, ReadOnlySpan<byte> content)
    {
        var before = Length;
        Raw(content);
        Close(tag, before);
    }

    public void Octets(ReadOnlySpan<byte> content) => Element((byte)SnmpType.OctetString, content);

    public void Integer(long value) => Signed((byte)SnmpType.Integer, value);

    public void Signed(byte tag, long value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(octets, value);
        // Nine equal bits at the front say nothing that eight do not.
        while (octets.Length > 1 && octets[0] == 0 && octets[1] < 0x80)
            octets = octets[1..];
        while (octets.Length > 1 && octets[0] == 0xFF && octets[1] >= 0x80)
            octets = octets[1..];
        Element(tag, octets);
    }

    public void Unsigned(byte tag, ulong value)
    {
        Span<byte> octets = stackalloc byte[9];
        octets[0] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(octets[1..], value);
        while (octets.Length > 1 && octets[0] == 0 && octets[1] < 0x80)
            octets = octets[1..];
        Element(tag, octets);
    }

    public void ObjectId(byte tag, Oid oid)
    {
        var before = Length;
        for (var i = oid.Length - 1; i >= 2; i--)
            Arc(oid[i]);
        var second = oid.Length > 1 ? oid[1] : 0;
        Arc((oid.Length > 0 ? oid[0] : 0) * 40UL + second);
        Close(tag, before);
    }

    private void Arc(ulong arc)
    {
        Raw([(byte)(arc & 0x7F)]);
        while ((arc >>= 7) > 0)
            Raw([(byte)(0x80 | (arc & 0x7F))]);
    }
}
