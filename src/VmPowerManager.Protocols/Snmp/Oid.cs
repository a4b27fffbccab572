using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>An object identifier: at most 128 numbers of 32 bits (RFC 2578, 3.5). Immutable; ordered as agents order
/// their objects.</summary>
public sealed class Oid : IEquatable<Oid>, IComparable<Oid>
{
    public const int LongestLength = 128;

    private readonly uint[] _arcs;

    public Oid(params ReadOnlySpan<uint> arcs)
        : this(arcs.ToArray()) { }

    private Oid(uint[] arcs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arcs.Length, LongestLength);
        _arcs = arcs;
    }

    public int Length => _arcs.Length;

    public uint this[int index] => _arcs[index];

    /// <summary>The numbers, first to last.</summary>
    public ReadOnlySpan<uint> Arcs => _arcs;

    /// <summary>Reads <c>1.3.6.1.2.1.33</c>; a leading dot is allowed.</summary>
    /// <exception cref="FormatException">Not an object identifier.</exception>
    public static Oid Parse(string text) =>
        TryParse(text, out var oid) ? oid : throw new FormatException($"\"{text}\" is not an object identifier.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out Oid? oid)
    {
        oid = null;
        if (string.IsNullOrEmpty(text))
            return false;
        var parts = text.TrimStart('.').Split('.');
        if (parts.Length > LongestLength)
            return false;
        var arcs = new uint[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out arcs[i]))
                return false;
        }
        oid = new Oid(arcs);
        return true;
    }

    /// <summary>This identifier with more numbers behind it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Longer than 128 numbers.</exception>
    public Oid Append(params ReadOnlySpan<uint> more) => new([.. _arcs, .. more]);

    /// <summary>Whether it lies at or below <paramref name="root"/>.</summary>
    public bool IsWithin(Oid root) => _arcs.AsSpan().StartsWith(root._arcs);

    /// <summary>What stands behind <paramref name="root"/>: the index of a table's cell. Empty where it is not below it.</summary>
    public ReadOnlySpan<uint> Below(Oid root) => IsWithin(root) ? _arcs.AsSpan(root.Length) : [];

    public int CompareTo(Oid? other) => other is null ? 1 : _arcs.AsSpan().SequenceCompareTo(other._arcs);

    public bool Equals(Oid? other) => other is not null && _arcs.AsSpan().SequenceEqual(other._arcs);

    public override bool Equals(object? obj) => Equals(obj as Oid);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var arc in _arcs)
            hash.Add(arc);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join('.', _arcs);

    public static bool operator ==(Oid? left, Oid? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(Oid? left, Oid? right) => !(left == right);

    public static bool operator <(Oid left, Oid right) => left.CompareTo(right) < 0;

    public static bool operator <=(Oid left, Oid right) => left.CompareTo(right) <= 0;

    public static bool operator >(Oid left, Oid right) => left.CompareTo(right) > 0;

    public static bool operator >=(Oid left, Oid right) => left.CompareTo(right) >= 0;
}
