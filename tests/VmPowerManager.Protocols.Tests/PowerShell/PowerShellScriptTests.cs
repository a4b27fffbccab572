using System.Text;
using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Protocols.Tests.PowerShell;

public sealed class PowerShellScriptTests
{
    [Fact]
    public void Line_HasNoSignThatAShellReads()
    {
        var line = PowerShellScript.Of("'x'", new { name = "'; Stop-Computer #\"%PATH%$(reboot)`" }).Line;

        Assert.StartsWith("powershell -NoProfile -NonInteractive -EncodedCommand ", line, StringComparison.Ordinal);
        Assert.Matches("^[A-Za-z0-9+/= -]+$", line);
    }

    [Fact]
    public void Text_Data_IsBase64AndNothingElse()
    {
        var script = PowerShellScript.Of("$a.name", new { name = "'; Stop-Computer #" });

        Assert.DoesNotContain("Stop-Computer", script.Text, StringComparison.Ordinal);
        var text = Encoding.Unicode.GetString(Convert.FromBase64String(script.Arguments[^1]));
        Assert.Equal(script.Text, text);
    }

    [Fact]
    public void Of_TooLongForCmd_IsRefused()
    {
        var fault = Assert.Throws<DeviceException>(() => PowerShellScript.Of(new string('x', 3100)));

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("8191", fault.Message, StringComparison.Ordinal);
    }
}
