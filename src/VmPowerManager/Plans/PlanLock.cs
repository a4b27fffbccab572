using VmPowerManager.Storage;

namespace VmPowerManager.Plans;

/// <summary>For the set of plans: a name, and the owner of a target, are facts about all of them.</summary>
public sealed class PlanLock : OneAtATime;
