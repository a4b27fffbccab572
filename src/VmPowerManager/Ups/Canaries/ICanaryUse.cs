namespace VmPowerManager.Ups.Canaries;

/// <summary>Something that may listen to a canary: a plan. Registered by the folders that have such things; a canary in
/// use is not deleted.</summary>
public interface ICanaryUse
{
    /// <summary>Who uses it, in words for a person, or null.</summary>
    string? WhoUses(int canaryId);
}
