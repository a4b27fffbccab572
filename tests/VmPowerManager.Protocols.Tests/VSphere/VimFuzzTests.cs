using System.Globalization;
using System.Net;
using System.Text;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Protocols.Tests.VSphere;

/// <summary>Whatever a server sends, it is read or refused as a device fault, at once: nothing else gets out, nothing hangs,
/// nothing grows. VMPM_FUZZ sets the number of inputs.</summary>
public sealed class VimFuzzTests
{
    private const long MostBytesAnInput = 8 << 20;
    private static readonly int Inputs = int.Parse(
        Environment.GetEnvironmentVariable("VMPM_FUZZ") ?? "50000",
        CultureInfo.InvariantCulture
    );

    private static readonly string[] Seeds =
    [
        Front.Answer(
            "RetrievePropertiesEx",
            "<returnval><token>1</token><objects><obj type=\"VirtualMachine\">vm-1</obj><propSet><name>runtime.powerState"
                + "</name><val xsi:type=\"VirtualMachinePowerState\">poweredOn</val></propSet><missingSet><path>config</path>"
                + "<fault><fault xsi:type=\"NoPermission\"><privilegeId>x</privilegeId></fault><localizedMessage>no"
                + "</localizedMessage></fault></missingSet></objects></returnval>"
        ),
        Front.Fault(
            "InvalidPowerState",
            "no",
            "<existingState>poweredOff</existingState><faultMessage><message>m</message></faultMessage>"
        ),
        Front.Answer("RetrievePropertiesEx", ""),
    ];

    private static readonly string[] Telling =
    [
        "<",
        ">",
        "</",
        "/>",
        "\"",
        "&",
        "&#0;",
        "&lt;",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x ?>",
        "\0",
        "ÿ",
        "<a>",
        "</a>",
        "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\">]>",
        "xsi:type=\"\"",
        "type=\"\"",
        "<soapenv:Body>",
        "xmlns=\"\"",
        "&b;",
    ];

    [Fact]
    public async Task Answers_Mutated_OnlyDeviceFaultsGetOut()
    {
        var random = new Random(20261123);
        var (read, refused) = (0, 0);
        var replay = new Replay();
        using var http = new HttpClient(replay);
        var wire = new VimWire(
            http,
            VimEndpoint.Of("https://v.test", "u", "p"),
            VimLimits.Default,
            TimeProvider.System
        );
        for (var i = 0; i < Inputs; i++)
        {
            replay.Body = Mutate(random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var answer = wire.CallAsync("RetrievePropertiesEx", VimRef.ServiceInstance, null, null, default);
                Assert.True(answer.IsCompleted, $"Input {i} hangs.");
                var (response, _) = await answer;
                _ = VimFaults.NotAuthenticatedIn(response)?.Message;
                foreach (var one in response["returnval"]?.All("objects") ?? [])
                    _ = VimObject.Of(one)?.Flag("runtime.powerState");
                read++;
            }
            catch (DeviceException e)
            {
                Assert.True(e.Message.Length < 2000, $"Input {i} makes a message of {e.Message.Length} characters.");
                refused++;
            }
            var grown = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(grown < MostBytesAnInput, $"Input {i} of {replay.Body.Length} bytes took {grown} bytes.");
        }
        // Else the inputs would not reach what they shall.
        Assert.True(read > Inputs / 20 && refused > Inputs / 20, $"{read} read, {refused} refused");
    }

    [Theory]
    [InlineData("<!DOCTYPE e SYSTEM \"file:///etc/passwd\"><e/>")]
    [InlineData("<!DOCTYPE e [<!ENTITY x \"y\">]><e>&x;</e>")]
    [InlineData("")]
    [InlineData("<e>")]
    [InlineData("no XML")]
    [InlineData("<e><f></e></f>")]
    public void Read_WhatIsNoPlainXml_IsRefused(string text) => Refused(text);

    [Fact]
    public void Read_DeeperOrWiderThanTheBounds_IsRefused()
    {
        Refused(string.Concat(Enumerable.Repeat("<a>", 65)));
        Refused($"<a>{string.Concat(Enumerable.Repeat("<b/>", VimLimits.Default.Elements))}</a>");
    }

    private static void Refused(string text)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var fault = Assert.Throws<DeviceException>(() => VimXml.Read(bytes, VimLimits.Default));
        Assert.Equal(DeviceFault.ProtocolError, fault.Fault);
    }

    private static byte[] Mutate(Random random)
    {
        var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
        for (var edits = random.Next(5); edits > 0 && text.Length > 0; edits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 40), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 1:
                    text[at] = (char)random.Next(1, 256);
                    break;
                case 2:
                    text.Remove(at, length);
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, length));
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(8) == 0 && bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private sealed class Replay : HttpMessageHandler
    {
        public byte[] Body { get; set; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Body) });
    }
}
