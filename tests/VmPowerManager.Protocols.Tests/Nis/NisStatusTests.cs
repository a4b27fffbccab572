using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Protocols.Tests.Nis;

public sealed class NisStatusTests
{
    [Fact]
    public void Parse_Status_KeepsValuesAsWrittenAndKnowsWhatIsNotAvailable()
    {
        var status = NisStatus.Parse(NisSamples.Status);

        Assert.Equal("ONLINE", status.Find("STATUS"));
        Assert.Equal("231.0 Volts", status.Find("LINEV"));
        Assert.Equal("2026-11-23 03:17:33 +0000", status.Find("END APC"));
        Assert.Null(status.Find("XOFFBATT"));
        Assert.Null(status.Find("ITEMP"));
        Assert.Equal(15, status.Fields.Count);
    }

    [Theory]
    [InlineData("Invalid command\n\0", DeviceFault.Refused, "Invalid command")]
    [InlineData("Not available\n\0", DeviceFault.Refused, "Not available")]
    [InlineData("", DeviceFault.ProtocolError, "Not the status of an apcupsd")]
    [InlineData("Server: nginx\r\nDate: today\r\n", DeviceFault.ProtocolError, "Server: nginx")]
    public void Parse_SomethingElse_IsAFaultWithItsWords(string answer, DeviceFault fault, string words)
    {
        var failure = Assert.Throws<DeviceException>(() => NisStatus.Parse(answer));

        Assert.Equal(fault, failure.Fault);
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }
}
