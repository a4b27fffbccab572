using System.Globalization;
using System.Text;
using VmPowerManager.Protocols.PowerShell;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Whatever a service answers is read or refused as a device fault: nothing else gets out. VMPM_FUZZ sets the
/// number of inputs.</summary>
public sealed class WsmanFuzzTests
{
    private const long MostBytesAnInput = 8 << 20;
    private static readonly int Inputs = int.Parse(
        Environment.GetEnvironmentVariable("VMPM_FUZZ") ?? "60000",
        CultureInfo.InvariantCulture
    );

    private const string Shell = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

    private static readonly string[] Seeds =
    [
        Answers.Envelope("<r:Shell><r:ShellId>A1</r:ShellId></r:Shell>"),
        Answers.Envelope(
            "<w:SelectorSet xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'><w:Selector Name='ShellId'>A1</w:Selector></w:SelectorSet>"
        ),
        Answers.Envelope("<r:CommandResponse><r:CommandId>C1</r:CommandId></r:CommandResponse>"),
        Answers.Envelope(
            "<r:ReceiveResponse><r:Stream Name='stdout' CommandId='C1'>aGVsbG8=</r:Stream><r:Stream Name='stderr' CommandId='C1' End='true'/>"
                + $"<r:CommandState CommandId='C1' State='{Shell}/CommandState/Done'><r:ExitCode>0</r:ExitCode></r:CommandState></r:ReceiveResponse>"
        ),
        Answers.Fault("w:TimedOut", "2150858793", "nothing yet"),
    ];

    private const string Errors =
        "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj S=\"progress\" RefId=\"0\">"
        + "<MS><PR N=\"Record\"><AV>Preparing</AV></PR></MS></Obj><S S=\"Error\">Get-VM : no_x000D__x000A_</S></Objs>";

    private static readonly byte[] Telling = [.. "<>/&'\"=: \0"u8, 0xff, 0xfe, 0xc3];

    [Fact]
    public void Answers_Mutated_OnlyDeviceFaultsGetOut()
    {
        var random = new Random(20261123);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Inputs; i++)
        {
            var input = Mutate(random, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Use(WsmanAnswer.Parse(input));
                read++;
            }
            catch (DeviceException)
            {
                refused++;
            }
            var grown = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(grown < MostBytesAnInput, $"Input {i} of {input.Length} bytes took {grown} bytes.");
        }
        Assert.True(read > Inputs / 50 && refused > Inputs / 20, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Errors_Mutated_AlwaysGiveWords()
    {
        var random = new Random(20261124);
        var readable = 0;
        for (var i = 0; i < Inputs; i++)
            if (Clixml.Words(Encoding.UTF8.GetString(Mutate(random, Encoding.UTF8.GetBytes(Errors)))) == "Get-VM : no")
                readable++;
        Assert.True(readable > Inputs / 50, $"{readable} readable");
    }

    [Fact]
    public void Answer_NestedDeep_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000));

        Assert.Throws<WsmanException>(() => WsmanAnswer.Parse(Encoding.UTF8.GetBytes(Answers.Envelope(deep))));
    }

    private static void Use(WsmanAnswer answer)
    {
        if (answer.Fault is { } fault)
            throw fault.ToException();
        if (answer.Streams("C1").Any() || answer.ExitCode("C1") is not null)
            return;
        _ = answer.CommandId + answer.ShellId;
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        var bytes = new List<byte>(seed);
        for (var edits = random.Next(5); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            var value = random.Next(2) == 0 ? Telling[random.Next(Telling.Length)] : (byte)random.Next(256);
            switch (random.Next(4))
            {
                case 0:
                    bytes.Insert(at, value);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = value;
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min((int)value, bytes.Count - at)));
                    break;
            }
        }
        return [.. bytes];
    }
}
