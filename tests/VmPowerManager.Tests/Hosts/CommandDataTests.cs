using System.Diagnostics;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Values reach a command as data, whatever they hold: asked of a real shell.</summary>
public sealed class CommandDataTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("it's $(id) `id` ; id | id & id > /dev/null # \\ \" * ? [a] ~ {a,b} !x %s")]
    [InlineData("';id;'")]
    [InlineData("-n --help")]
    [InlineData("${PATH} $HOME {ups.charge}")]
    [InlineData("Küche ’ “ „ ‚")]
    public async Task Value_IsOneWord_InEveryShell(string value)
    {
        foreach (
            var command in new[] { "printf '%s|' {plan.name} end", "printf '%s|' $(printf '%s' {plan.name}) end" }[..1]
        )
        {
            var line = CommandData.Line(CommandShell.Posix, command, Values(value));
            foreach (var shell in new[] { "/bin/sh", "/bin/bash" })
                Assert.Equal($"{value}|end|", await RunAsync(shell, line));
        }
    }

    [Fact]
    public async Task Scripts_FindTheValuesInTheirEnvironment()
    {
        var line = CommandData.Line(
            CommandShell.Posix,
            "sh -c 'printf \"%s\" \"$VHPM_PLAN_NAME\"'",
            Values("$(id) 'a'")
        );
        Assert.Equal("$(id) 'a'", await RunAsync("/bin/sh", line));
    }

    [Fact]
    public async Task Backticks_AndHereDocuments_DoNotReadTheValue()
    {
        var inBackticks = CommandData.Line(CommandShell.Posix, "printf %s `printf %s {plan.name}`", Values("a`id`b"));
        Assert.Equal("a`id`b", await RunAsync("/bin/sh", inBackticks));
        var document = CommandData.Line(CommandShell.Posix, "cat <<E\n{plan.name}\nE\n", Values("$(id)"));
        Assert.Equal("\"$(id)\"\n", await RunAsync("/bin/sh", document));
    }

    [Fact]
    public void CommandWithoutPlaceholders_StaysAsItIs()
    {
        const string command = "docker ps --format '{{.Names}}' | xargs -r docker stop";
        foreach (var shell in Enum.GetValues<CommandShell>())
            Assert.Equal(command, CommandData.Line(shell, command, Values("x")));
    }

    [Fact]
    public void LineBreaksAndLength_AreBounded() =>
        Assert.Equal(
            $"VHPM_PLAN_NAME='a b {new string('x', 496)}'; export VHPM_PLAN_NAME; true \"$VHPM_PLAN_NAME\"",
            CommandData.Line(CommandShell.Posix, "true {plan.name}", Values($"a\nb\0{new string('x', 1000)}"))
        );

    [Fact]
    public void PowerShell_GetsAVariable_AndEveryQuoteIsDoubled() =>
        Assert.Equal(
            "$env:VHPM_PLAN_NAME='a''b’’c; $(id)';Write-Host $env:VHPM_PLAN_NAME",
            CommandData.Line(CommandShell.PowerShell, "Write-Host {plan.name}", Values("a'b’c; $(id)"))
        );

    [Fact]
    public void ShellThatCannotTellDataFromCommands_IsGivenNone()
    {
        var other = Assert.Throws<DeviceException>(() =>
            CommandData.Line(CommandShell.Other, "echo {plan.name}", Values("x"))
        );
        Assert.Equal(DeviceFault.Unsupported, other.Fault);
        var quoted = Assert.Throws<DeviceException>(() =>
            CommandData.Line(CommandShell.Posix, "echo '{plan.name}'", Values("x"))
        );
        Assert.Equal(DeviceFault.Refused, quoted.Fault);
    }

    private static Dictionary<string, string?> Values(string name) => new() { ["plan.name"] = name };

    private static async Task<string> RunAsync(string shell, string line)
    {
        var start = new ProcessStartInfo(shell, ["-c", line]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{shell} does not start.");
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return output;
    }
}
