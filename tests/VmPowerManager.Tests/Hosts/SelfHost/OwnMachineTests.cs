using VmPowerManager.Hosts;
using VmPowerManager.Hosts.SelfHost;

namespace VmPowerManager.Tests.Hosts.SelfHost;

/// <summary>What a process sees of its machine, and what a host tells of its own.</summary>
public sealed class OwnMachineTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly string _root = Directory.CreateTempSubdirectory("vmhpm-root-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_AMachine_TellsItsIds()
    {
        Write("proc/sys/kernel/random/boot_id", "boot\n");
        Write("etc/machine-id", "machine\n");
        Write("sys/class/dmi/id/product_uuid", "product\n");
        Write("sys/class/net/eth0/address", "52:54:00:AB:CD:EF\n");
        Write("sys/class/net/eth0/device/vendor", "");
        Write("sys/class/net/virbr0/address", "52:54:00:00:00:01\n");
        var own = OwnMachine.Read(_root);
        Assert.Equal(("boot", "machine", "product"), (own.BootId, own.MachineId, own.ProductUuid));
        Assert.Equal(["52:54:00:ab:cd:ef"], own.Macs);
        Assert.Null(own.Container);
    }

    [Theory]
    [InlineData("docker", ".dockerenv", "12 3 0:1 /var/lib/docker/containers/" + Id + "/hostname /etc/hostname rw")]
    [InlineData("podman", "run/.containerenv", "12 3 0:1 /containers/storage/overlay-containers/" + Id + "/userdata x")]
    public void Read_InAContainer_TellsWhich_AndDoesNotBelieveItsImage(string kind, string mark, string mount)
    {
        Write(mark, "");
        Write("proc/self/mountinfo", mount);
        Write("etc/machine-id", "of the image");
        var own = OwnMachine.Read(_root);
        Assert.Equal((kind, "0123456789ab", null), (own.Container, own.ContainerId, own.MachineId));
    }

    [Fact]
    public void Read_NothingThere_KnowsNothing() => Assert.Empty(OwnMachine.Read(_root).Macs);

    [Fact]
    public void Parse_AnAnswer_TakesItApart()
    {
        var told = HostIdentityScript.Parse(
            """
            @@boot
            b-1

            @@machine
            m-1

            @@product

            @@mac
            52:54:00:AA:BB:CC
            @@guest 11111111-2222-3333-4444-555555555555
             vnet0   network   default   virtio   52:54:00:12:34:56
             -       bridge    br0       virtio   52:54:00:12:34:57
            @@guest 22222222-2222-3333-4444-555555555555
            """
        );
        Assert.Equal(("b-1", "m-1", null), (told.BootId, told.MachineId, told.ProductUuid));
        Assert.Equal(["52:54:00:aa:bb:cc"], told.Macs);
        Assert.Equal(
            ["52:54:00:12:34:56", "52:54:00:12:34:57"],
            told.GuestMacs["11111111-2222-3333-4444-555555555555"]
        );
    }

    [Fact]
    public void Parse_WordsOfAnotherShell_TellNothing() =>
        Assert.Equal(
            (null, 0),
            (
                HostIdentityScript.Parse("'sh' is not recognized as a command").BootId,
                HostIdentityScript.Parse("").Macs.Count
            )
        );

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // not null: below the root
        File.WriteAllText(file, text);
    }
}
