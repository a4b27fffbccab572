using System.Globalization;
using System.Text;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.HyperV;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.HyperV;

public sealed class HyperVAnswerTests
{
    private const string Listing = """
        {"kind":"host","uuid":"4C4C4544-0046-4410-8052-CAC04F4A4E32","name":"HV1","cluster":"","clusterName":"","roles":0,"clusterWords":""}
        {"kind":"vm","id":"aaaaaaaa-0000-4000-8000-000000000001","name":"web01","state":"Running","heartbeat":"OkApplicationsUnknown","start":"Start","stop":"Save","delay":0}
        {"kind":"service","vm":"AAAAAAAA-0000-4000-8000-000000000001","enabled":true,"status":2}
        {"kind":"end"}
        """;

    private static readonly int Inputs = int.Parse(
        Environment.GetEnvironmentVariable("VMPM_FUZZ") ?? "100000",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Of_NoiseAroundIt_IsFound()
    {
        var answer = HyperVAnswer.Of(Said($"Welcome to HV1\r\n{Line(Listing)}\r\nbye\r\n"));

        Assert.Equal("web01", HyperVListing.Of(answer).Machines.Single().Name);
    }

    [Theory]
    [InlineData(0, "", "", DeviceFault.ProtocolError)]
    [InlineData(1, "", "#< CLIXML\r\n<Objs><S S=\"Error\">no_x000D__x000A_</S></Objs>", DeviceFault.Refused)]
    [InlineData(9009, "", "'powershell' is not recognized as an internal or external command", DeviceFault.Unsupported)]
    [InlineData(127, "", "bash: powershell: command not found", DeviceFault.Unsupported)]
    [InlineData(0, "@@vmpm !!!", "", DeviceFault.ProtocolError)]
    [InlineData(0, "@@vmpm e30=", "", DeviceFault.ProtocolError)]
    public void Of_NoAnswer_IsAFaultAndNeverSilence(int exit, string output, string error, DeviceFault fault)
    {
        var told = Assert.Throws<DeviceException>(() => HyperVAnswer.Of(new(exit, output, error, false)));

        Assert.Equal(fault, told.Fault);
        Assert.NotEmpty(told.Message);
    }

    [Fact]
    public void Of_CutOff_IsProtocolError() =>
        Assert.Equal(
            DeviceFault.ProtocolError,
            Assert.Throws<DeviceException>(() => HyperVAnswer.Of(new(0, Line(Listing), "", true))).Fault
        );

    [Fact]
    public void Listing_Mutated_OnlyDeviceFaultsGetOut()
    {
        var random = new Random(20261123);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Inputs; i++)
        {
            var text = new StringBuilder(Listing);
            for (var edits = random.Next(4); edits > 0; edits--)
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            try
            {
                var answer = HyperVAnswer.Of(Said(Line(text.ToString())));
                HyperVListing.Of(answer).Inventory("r");
                HyperVProbe.Checks(Said(Line(text.ToString())), null, TimeProvider.System);
                HyperVIdentity.Of(answer);
                read++;
            }
            catch (DeviceException)
            {
                refused++;
            }
        }
        Assert.True(read > Inputs / 10 && refused > Inputs / 10, $"{read} read, {refused} refused");
    }

    private static PowerShellResult Said(string output) => new(0, output, "", false);

    private static string Line(string text) =>
        $"{HyperVScripts.Mark}{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}";
}
