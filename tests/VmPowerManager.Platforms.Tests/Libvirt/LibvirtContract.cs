using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Libvirt;

public sealed class LibvirtContract(LabFolder lab, ITestOutputHelper output)
    : GuestContract(new LibvirtPeer(lab), output);
