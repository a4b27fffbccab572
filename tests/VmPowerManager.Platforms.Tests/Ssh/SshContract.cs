using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Ssh;

public sealed class SshContract(LabFolder lab) : HostContract(new SshPeer(lab));
