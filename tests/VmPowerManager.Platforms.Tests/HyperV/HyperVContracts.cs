using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.HyperV;

public sealed class HyperVSshContract(LabFolder lab, ITestOutputHelper output)
    : GuestContract(new HyperVSshPeer(lab), output);

public sealed class HyperVWinrmContract(HyperVWinrmPeer peer, ITestOutputHelper output)
    : GuestContract(peer, output),
        IClassFixture<HyperVWinrmPeer>;
