using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>What a variable binding can hold; the values are the BER tags (RFC 3416, 3 and RFC 2578, 7.1).</summary>
public enum SnmpType
{
    Integer = 0x02,
    OctetString = 0x04,
    Null = 0x05,
    ObjectId = 0x06,
    IpAddress = 0x40,
    Counter32 = 0x41,
    Gauge32 = 0x42,
    TimeTicks = 0x43,
    Opaque = 0x44,
    Counter64 = 0x46,
    NoSuchObject = 0x80,
    NoSuchInstance = 0x81,
    EndOfMibView = 0x82,
}

/// <summary>One value of an agent. Numbers are in <see cref="Integer"/> whatever their type, octets in
/// <see cref="Octets"/>, an identifier in <see cref="ObjectId"/>; the others are empty then.</summary>
public sealed record SnmpValue
{
    private SnmpValue(SnmpType type) => Type = type;

    public SnmpType Type { get; }

    /// <summary>The number of Integer, Counter32, Gauge32, TimeTicks and Counter64 (its bits, where above 2^63-1).</summary>
    public long Integer { get; private init; }

    /// <summary>The octets of OctetString, IpAddress and Opaque.</summary>
    public ReadOnlyMemory<byte> Octets { get; private init; }

    public Oid? ObjectId { get; private init; }

    /// <summary>The agent has this object: neither NULL nor one of v2's "no such" marks.</summary>
    public bool IsPresent =>
        Type is not (SnmpType.Null or SnmpType.NoSuchObject or SnmpType.NoSuchInstance or SnmpType.EndOfMibView);

    /// <summary>Whether it is a number by type; a text that holds digits is not.</summary>
    public bool IsNumber =>
        Type is SnmpType.Integer or SnmpType.Counter32 or SnmpType.Gauge32 or SnmpType.TimeTicks or SnmpType.Counter64;

    /// <summary>The number that net-snmp and some cards wrap in an Opaque: a float or double as BER of its own
    /// (draft-perkins-float-00). Null for any other value, and for what is no number.</summary>
    public double? Real
    {
        get
        {
            var octets = Octets.Span;
            double? real = octets switch
            {
                _ when Type is not SnmpType.Opaque => null,
                [0x9F, 0x78, 4, .. var single] when single.Length == 4 => BinaryPrimitives.ReadSingleBigEndian(single),
                [0x9F, 0x79, 8, .. var both] when both.Length == 8 => BinaryPrimitives.ReadDoubleBigEndian(both),
                _ => null,
            };
            return real is { } number && double.IsFinite(number) ? number : null;
        }
    }

    /// <summary>The octets as text: UTF-8, else Latin-1; without control characters and blanks around it, cut at the
    /// first NUL. Numbers and identifiers as they are written; empty where nothing is present.</summary>
    public string Text =>
        Type switch
        {
            SnmpType.Opaque when Real is { } real => real.ToString("R", CultureInfo.InvariantCulture),
            SnmpType.OctetString or SnmpType.Opaque => Readable(Octets.Span),
            SnmpType.IpAddress => Octets.Length is 4 or 16 ? new IPAddress(Octets.Span).ToString() : "",
            SnmpType.ObjectId => ObjectId?.ToString() ?? "",
            SnmpType.Counter64 => ((ulong)Integer).ToString(CultureInfo.InvariantCulture),
            _ when IsNumber => Integer.ToString(CultureInfo.InvariantCulture),
            _ => "",
        };

    /// <param name="type">One of the types that <see cref="IsNumber"/> names.</param>
    /// <param name="value">The number.</param>
    public static SnmpValue OfNumber(SnmpType type, long value)
    {
        var number = new SnmpValue(type) { Integer = value };
        return number.IsNumber ? number : throw new ArgumentException("Not a type of number.", nameof(type));
    }

    public static SnmpValue OfInteger(int value) => OfNumber(SnmpType.Integer, value);

    /// <param name="type">OctetString, IpAddress or Opaque.</param>
    /// <param name="octets">Kept as it is: the caller leaves it alone.</param>
    public static SnmpValue OfOctets(SnmpType type, ReadOnlyMemory<byte> octets) =>
        type is SnmpType.OctetString or SnmpType.IpAddress or SnmpType.Opaque
            ? new SnmpValue(type) { Octets = octets }
            : throw new ArgumentException("Not a type of octets.", nameof(type));

    public static SnmpValue OfText(string text) => OfOctets(SnmpType.OctetString, Encoding.UTF8.GetBytes(text));

    public static SnmpValue OfObjectId(Oid oid) => new(SnmpType.ObjectId) { ObjectId = oid };

    /// <param name="type">Null or one of v2's "no such" marks.</param>
    public static SnmpValue Absent(SnmpType type)
    {
        var absent = new SnmpValue(type);
        return absent.IsPresent ? throw new ArgumentException("Not a mark of absence.", nameof(type)) : absent;
    }

    public bool Equals(SnmpValue? other) =>
        other is not null
        && Type == other.Type
        && Integer == other.Integer
        && ObjectId == other.ObjectId
        && Octets.Span.SequenceEqual(other.Octets.Span);

    public override int GetHashCode() => HashCode.Combine(Type, Integer, ObjectId, Octets.Length);

    public override string ToString() => $"{Type}: {Text}";

    private static string Readable(ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOf((byte)0);
        if (end >= 0)
            octets = octets[..end];
        var text = System.Text.Unicode.Utf8.IsValid(octets)
            ? Encoding.UTF8.GetString(octets)
            : Encoding.Latin1.GetString(octets);
        return string.Concat(text.Where(c => !char.IsControl(c))).Trim();
    }
}

/// <summary>A value and where it stands.</summary>
public sealed record SnmpVariable(Oid Name, SnmpValue Value);
