namespace VmPowerManager.Plans;

/// <summary>Something that may need a plan as it is: a run. A plan in use is not deleted (F3).</summary>
public interface IPlanUse
{
    /// <summary>Who uses it, in words for a person, or null.</summary>
    string? WhoUses(int planId);
}
