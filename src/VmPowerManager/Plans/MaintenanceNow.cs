using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>A maintenance that holds at a moment.</summary>
public static class MaintenanceNow
{
    /// <summary>Null: none, or it is over.</summary>
    public static MaintenanceDefinition? Of(PlanDefinition plan, DateTimeOffset now) =>
        plan.Maintenance is { } maintenance && maintenance.Until > now ? maintenance : null;
}
