namespace VmPowerManager.Ups;

/// <summary>Something that may need a UPS: a host's supply, a plan. Registered by the folders that have such things; a UPS
/// in use is not deleted.</summary>
public interface IUpsUse
{
    /// <summary>Who uses it, in words for a person (<c>plan Homelab</c>), or null.</summary>
    Task<string?> WhoUsesAsync(int upsId, CancellationToken ct);
}
