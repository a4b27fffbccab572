namespace VmPowerManager.Hosts;

/// <summary>Somebody who may own a host or a guest for a while, so that people keep their hands off (POLICY F2). The
/// feature that runs plans implements it.</summary>
public interface ITargetOwner
{
    /// <summary>Who owns the host (and with it all that runs there), or the guest of that realm and id: a name to show,
    /// or null. Needs no database.</summary>
    string? OwnerOf(int? hostId, string? realm, string? externalId);
}

/// <summary>Asks all of them. Found when asked, because an owner may itself need this feature.</summary>
internal sealed class TargetOwners(IServiceProvider services)
{
    /// <inheritdoc cref="ITargetOwner.OwnerOf"/>
    public string? OwnerOf(int? hostId, string? realm, string? externalId) =>
        services
            .GetServices<ITargetOwner>()
            .Select(o => o.OwnerOf(hostId, realm, externalId))
            .FirstOrDefault(o => o is not null);
}
