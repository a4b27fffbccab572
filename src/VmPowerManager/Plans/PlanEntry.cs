using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>A stored plan, in memory. Immutable.</summary>
public sealed record PlanEntry(int Id, int Revision, bool Armed, PlanDefinition Definition);
