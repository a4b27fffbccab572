using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>A run as kept and shown: the engine's state of it, and what only the executor knows.</summary>
public sealed record RunRecord(int PlanId, RunState State, bool Unjournaled);
