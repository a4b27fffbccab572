using System.Security.Cryptography;
using System.Text;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>What the guests of a host belong to, as it was learned over a connection.</summary>
/// <param name="MachineId">Of the installed system; null: not told.</param>
/// <param name="Carried">libvirt tells another UUID than the realm was taken from.</param>
internal sealed record LibvirtRealm(long Connection, string Realm, string? MachineId, bool Carried)
{
    /// <summary>The host's UUID as libvirt tells it. Where the firmware has none, libvirt makes up another one with every start:
    /// then the realm that the guests are known by is kept as long as it is the same machine, and a new one is taken from
    /// the system's <c>machine-id</c>.</summary>
    /// <param name="before">As it was learned last in this process's life; null: not yet.</param>
    /// <exception cref="DeviceException">ProtocolError: nothing was told.</exception>
    public static LibvirtRealm Of(
        VirshListing listing,
        long connection,
        LibvirtRealm? before,
        IReadOnlyList<KnownGuest> known
    )
    {
        var told =
            listing.Realm
            ?? throw new DeviceException(DeviceFault.ProtocolError, "virsh told neither the host's UUID nor its name.");
        var made = Made(listing.MachineId);
        if (known.Any(g => g.Realm == told))
            return new(connection, told, listing.MachineId, false);
        if (Kept(listing, before, known) is { } kept)
            return new(connection, kept, listing.MachineId, Carried: kept != told && kept != made);
        return new(connection, IsItsOwn(told, listing) ? told : made ?? told, listing.MachineId, false);
    }

    /// <summary>A realm that was carried over is whole only while all guests that were ever known by it are listed: should it be
    /// another machine after all, none of them passes for off (C5).</summary>
    public HostInventory Inventory(VirshListing listing, IReadOnlyList<KnownGuest> known)
    {
        var inventory = listing.Inventory(Realm);
        if (!Carried)
            return inventory;
        var here = inventory.Guests.Select(g => g.ExternalId).ToHashSet();
        var ours = known.Where(g => g.Realm == Realm).ToList();
        return ours.Count > 0 && ours.TrueForAll(g => here.Contains(g.ExternalId))
            ? inventory
            : inventory with
            {
                WholeRealm = false,
            };
    }

    /// <summary>The realm that the guests of this machine are known by; null: this machine is not known, or another one
    /// answers. It is the same when its system says so, or when guests that were known on it are there: their UUIDs are
    /// nobody else's.</summary>
    private static string? Kept(VirshListing listing, LibvirtRealm? before, IReadOnlyList<KnownGuest> known)
    {
        if (before is { MachineId: { } id } && id == listing.MachineId)
            return before.Realm;
        if (known.MaxBy(g => g.SeenAt)?.Realm is not { } newest)
            return null;
        return newest == Made(listing.MachineId) || known.Any(g => g.Realm == newest && listing.Has(g.ExternalId))
            ? newest
            : null;
    }

    /// <summary>Only root may read what the firmware says; where there is something to read, libvirt has read it.</summary>
    private static bool IsItsOwn(string told, VirshListing listing) =>
        listing.Firmware is ""
        || MachineUuid.Same(told, listing.Firmware) == true
        || (Guid.TryParse(told, out var uuid) && Guid.TryParse(listing.MachineId, out var id) && uuid == id);

    /// <summary>The id itself is nobody else's business, says its manual.</summary>
    private static string? Made(string? machineId) =>
        Guid.TryParseExact(machineId, "N", out var id) && id != Guid.Empty
            ? $"machine:{new Guid(SHA256.HashData(Encoding.ASCII.GetBytes($"libvirt {id:N}")).AsSpan(0, 16)):D}"
            : null;
}
