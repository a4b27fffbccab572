using System.Globalization;
using System.Text;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Protocols.Tests.Proxmox;

/// <summary>Whatever a server answers, it is read or refused as a device fault, at once: nothing else gets out, nothing
/// grows. VMPM_FUZZ sets the number of inputs.</summary>
public sealed class ProxmoxFuzzTests
{
    private const long MostBytesAnInput = 4 << 20;
    private static readonly int Inputs = int.Parse(
        Environment.GetEnvironmentVariable("VMPM_FUZZ") ?? "200000",
        CultureInfo.InvariantCulture
    );

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """{"data":[{"vmid":100,"name":"web\u00e9","type":"qemu","node":"pve1","status":"running","template":1,"lock":"backup"}]}""",
            """{"data":[{"type":"cluster","name":"lab","quorate":1},{"type":"node","name":"pve1","local":"1","online":1,"ip":"192.0.2.1"}]}""",
            """{"data":{"status":"running","qmpstatus":"paused","agent":1,"ha":{"managed":1,"state":"started"}}}""",
            """{"data":[{"type":"fencing","armed-state":"disarmed"},{"type":"service","sid":"vm:100","state":"error"}]}""",
            """{"data":{"/":{"Sys.Audit":1},"/vms":{"VM.Audit":0}}}""",
            """{"data":"UPID:pve1:0003C7B1:0123ABCD:6522A1B0:qmshutdown:100:power@pve!manager:"}""",
            """{"data":null,"errors":{"timeout":"type check ('integer') failed"},"message":"\ud83d\ude00 no"}""",
            """{"data":{"net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0","net1":"name=eth0,hwaddr=BC:24:11:00:00:02"}}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[] Telling = [.. "{}[]\",:\\u\0\u007f019-eE."u8, 0x80, 0xc3, 0xff];

    [Fact]
    public void Answers_Mutated_OnlyDeviceFaultsGetOut()
    {
        var random = new Random(20261123);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Inputs; i++)
        {
            var input = Mutate(random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(random.Next(4) == 0 ? 500 : 200, input);
                read++;
            }
            catch (DeviceException)
            {
                refused++;
            }
            var grown = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(grown < MostBytesAnInput, $"Input {i} of {input.Length} bytes took {grown} bytes.");
        }
        // Else the inputs would not reach what they shall.
        Assert.True(read > Inputs / 20 && refused > Inputs / 20, $"{read} read, {refused} refused");
    }

    private static void ReadAll(int status, byte[] input)
    {
        var data = ProxmoxAnswer.Read(status, "no", input);
        ProxmoxCluster.Read(data);
        ProxmoxGuest.OfResources(data);
        ProxmoxCurrent.Read(data);
        ProxmoxHa.Read(data);
        ProxmoxPermissions.Read(data).May("VM.Audit", "/vms/100");
        _ = ProxmoxMacs.In(data).Count();
        if (data.ValueKind == System.Text.Json.JsonValueKind.Array)
            ProxmoxGuest.OfNode(data, "pve1", "lxc");
        if (data.ValueKind == System.Text.Json.JsonValueKind.String)
            ProxmoxUpid.Parse(data.Read());
    }

    private static byte[] Mutate(Random random)
    {
        var input = Seeds[random.Next(Seeds.Length)].ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(input.Count);
            switch (random.Next(5))
            {
                case 0:
                    input[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 1:
                    input[at] = (byte)random.Next(256);
                    break;
                case 2:
                    input.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 3:
                    input.RemoveRange(at, Math.Min(input.Count - at, random.Next(1, 6)));
                    if (input.Count == 0)
                        input.Add((byte)'{');
                    break;
                default:
                    var part = input.GetRange(at, Math.Min(input.Count - at, 40));
                    input.InsertRange(random.Next(input.Count), part);
                    break;
            }
        }
        return [.. input];
    }
}
