namespace VmPowerManager.Hosts;

/// <summary>Whether two UUIDs of the hardware are one machine's. Firmware writes the same bytes in several orders (SMBIOS,
/// RFC 4122, IPMI backwards), and some of it no UUID at all.</summary>
internal static class MachineUuid
{
    /// <summary>Null: one of them is none.</summary>
    public static bool? Same(string? one, string? other)
    {
        if (!Guid.TryParse(one, out var a) || !Guid.TryParse(other, out var b) || IsNone(a) || IsNone(b))
            return null;
        var wanted = b.ToByteArray(bigEndian: true);
        byte[][] orders = [a.ToByteArray(bigEndian: true), a.ToByteArray()];
        return orders.Any(o => o.SequenceEqual(wanted) || o.Reverse().SequenceEqual(wanted));
    }

    /// <summary>Of boards that nobody gave a number.</summary>
    private static bool IsNone(Guid uuid) =>
        uuid == Guid.Empty || uuid == Guid.AllBitsSet || uuid == Guid.Parse("03000200-0400-0500-0006-000700080009");
}
