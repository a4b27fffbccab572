using VmPowerManager.Core;

namespace VmPowerManager.Hosts.SelfHost;

/// <summary>Compares what this process sees of its machine with what the hosts tell of theirs. Pure.</summary>
internal sealed class PlaceFinder(OwnMachine own, IReadOnlyList<KnownHost> hosts)
{
    /// <summary>Hosts under our kernel: what they tell of the machine holds for us, too. A container reads it from them.</summary>
    private readonly List<KnownHost> _kernel = own.BootId is null
        ? []
        : [.. hosts.Where(h => Same(h.Identity?.BootId, own.BootId))];

    /// <summary>Null: on none of the hosts, as far as they tell. A guest comes before a host that is that guest: what
    /// matters is the outermost machine.</summary>
    public ManagerPlace? Find() => InGuest() ?? OnKernel() ?? OnHost();

    private ManagerPlace? InGuest()
    {
        string?[] ids =
        [
            own.ProductUuid,
            own.MachineId,
            .. _kernel.SelectMany(k => new[] { k.Identity?.ProductUuid, k.Identity?.MachineId }),
        ];
        var macs = _kernel.SelectMany(k => k.Identity?.Macs ?? []).Concat(own.Macs).ToHashSet(StringComparer.Ordinal);
        // We run, so that a guest that is off is another one.
        var running = hosts
            .SelectMany(h => h.Host.Guests.Select(g => (Known: h, Guest: g)))
            .Where(g => g.Guest.State is not (GuestState.Off or GuestState.Saved))
            // A host that does not answer may tell of a guest that has moved away since.
            .OrderBy(g => g.Known.Host.Fault is not null)
            .ThenBy(g => g.Guest.State != GuestState.Running)
            .ToList();
        foreach (var (known, guest) in running)
        {
            if (ids.Any(id => SameUuid(id, guest.ExternalId)))
                return In(known, guest, PlaceSign.GuestUuid, PlaceCertainty.Certain, true);
        }
        foreach (var (known, guest) in running)
        {
            if (known.Identity?.GuestMacs.GetValueOrDefault(guest.ExternalId)?.Any(macs.Contains) == true)
                return In(known, guest, PlaceSign.GuestMac, PlaceCertainty.Likely, false);
        }
        return null;
    }

    private ManagerPlace? OnKernel()
    {
        var here = _kernel
            .OrderByDescending(k => own.MachineId is not null && Same(k.Identity?.MachineId, own.MachineId))
            .ThenByDescending(k => k.Host.Capabilities.HasFlag(HostCapabilities.Guests))
            .ThenBy(k => k.Host.Id)
            .FirstOrDefault();
        if (here is null)
            return null;
        var container =
            own.Container is null ? null
            : own.ContainerId is { } id ? Sentence.Of($", in the {own.Container} container {id}")
            : Sentence.Of($", in a {own.Container} container");
        return On(
            here,
            PlaceSign.BootId,
            PlaceCertainty.Certain,
            $"it and {here.Host.Name} have the same boot id{container}"
        );
    }

    /// <summary>Hosts that tell no boot id. One that tells another one is another machine, whatever else they share.</summary>
    private ManagerPlace? OnHost()
    {
        foreach (var known in hosts)
        {
            if (known.Identity is not { BootId: null } identity)
                continue;
            var name = known.Host.Name;
            if (SameUuid(own.ProductUuid, identity.ProductUuid))
                return On(known, PlaceSign.ProductUuid, PlaceCertainty.Certain, $"it sees the hardware id of {name}");
            if (own.MachineId is not null && Same(own.MachineId, identity.MachineId))
                return On(known, PlaceSign.MachineId, PlaceCertainty.Likely, $"it sees the machine id of {name}");
            if (own.Macs.Intersect(identity.Macs, StringComparer.Ordinal).Any())
                return On(known, PlaceSign.Mac, PlaceCertainty.Likely, $"it sees a network address of {name}");
        }
        return null;
    }

    private static ManagerPlace On(KnownHost at, PlaceSign sign, PlaceCertainty certainty, Sentence because) =>
        new(at.Host.Id, null, null, null, sign, certainty, because);

    private static ManagerPlace In(
        KnownHost at,
        GuestSnapshot guest,
        PlaceSign sign,
        PlaceCertainty certainty,
        bool byId
    ) =>
        new(
            at.Host.Id,
            guest.Id,
            guest.Realm,
            guest.ExternalId,
            sign,
            certainty,
            byId
                ? Sentence.Of($"its machine has the hardware id of the guest {guest.Name} on {at.Host.Name}")
                : Sentence.Of($"its machine has a network address of the guest {guest.Name} on {at.Host.Name}")
        );

    private static bool Same(string? one, string? other) =>
        one is not null && string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>With or without hyphens. Firmware of before SMBIOS 2.6 writes the first three fields in the other byte
    /// order. Ids of no machine (zeros, ones) are none.</summary>
    private static bool SameUuid(string? one, string? other)
    {
        if (
            !Guid.TryParse(one, out var a)
            || !Guid.TryParse(other, out var b)
            || a == Guid.Empty
            || a == Guid.AllBitsSet
        )
            return false;
        return a == b || new Guid(a.ToByteArray(), bigEndian: true) == b;
    }
}

/// <summary>A host as configured and last seen, and what it told of its machine; null: nothing yet.</summary>
internal sealed record KnownHost(HostSnapshot Host, HostIdentity? Identity);
