using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Canaries;

/// <summary>For the set of canaries: a name is a fact about all of them.</summary>
internal sealed class CanaryLock : OneAtATime;
