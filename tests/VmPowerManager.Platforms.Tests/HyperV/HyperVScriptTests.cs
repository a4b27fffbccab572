using VmPowerManager.Hosts;
using VmPowerManager.Hosts.HyperV;
using VmPowerManager.Hosts.WakeOnLan;
using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>Every script that the product makes: parsed and run by the real engine, and of Windows PowerShell 5.1 alone.</summary>
public sealed class HyperVScriptTests(LabFolder folder) : IAsyncLifetime
{
    private readonly HyperVLab _lab = new(folder);

    public async ValueTask InitializeAsync() => await _lab.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly Dictionary<string, PowerShellScript> All = new()
    {
        ["states"] = HyperVScripts.States(withCluster: false),
        ["states with cluster"] = HyperVScripts.States(withCluster: true),
        ["discovery"] = HyperVScripts.Discovery,
        ["probe"] = HyperVScripts.Probe,
        ["identity"] = HyperVScripts.Identity,
        ["shutdown"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Web), GuestVerb.Shutdown),
        ["save"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Web), GuestVerb.Save),
        ["force off"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Web), GuestVerb.ForceOff),
        ["start"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Cold), GuestVerb.Start),
        ["resume"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Web), GuestVerb.Resume),
        ["reboot"] = HyperVScripts.Guest(Guid.Parse(HyperVLab.Web), GuestVerb.Reboot),
        ["host off"] = HyperVScripts.HostPower(HostVerb.Shutdown),
        ["host reboot"] = HyperVScripts.HostPower(HostVerb.Reboot),
        ["command"] = HyperVScripts.Command("'hello'"),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Script_IsOfWindowsPowerShell51(string name)
    {
        var check = await LocalWay.RunAsync(_lab, All[name], "-Check");

        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        Assert.True(All[name].Line.Length <= PowerShellScript.LongestLine, $"{All[name].Line.Length}");
    }

    [Fact]
    public async Task ScriptThatAsksForTheNetworkCard_IsOfWindowsPowerShell51()
    {
        var check = await LocalWay.RunAsync(_lab, ArmedCard.Windows("00:11:22:33:44:55"), "-Check");

        Assert.True(check.ExitCode == 0, check.Output + check.Error);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Script_Runs(string name)
    {
        var result = await LocalWay.RunAsync(_lab, All[name]);

        Assert.True(result.ExitCode == 0, result.Words);
        Assert.Equal("", Clixml.Words(result.Error));
        if (name != "command")
            Assert.NotEmpty(HyperVAnswer.Of(result).All("end"));
    }

    [Theory]
    [InlineData("$x ?? 1")]
    [InlineData("${x}?.y")]
    [InlineData("${x}?[0]")]
    [InlineData("$x ??= 1")]
    [InlineData("1 && 2")]
    [InlineData("1 || 2")]
    [InlineData("$true ? 1 : 2")]
    [InlineData("1..3 | ForEach-Object -Parallel { $_ }")]
    [InlineData("Get-Uptime")]
    [InlineData("if (")]
    public async Task Check_ForeignTo51_IsFound(string script) =>
        Assert.Equal(2, (await LocalWay.RunAsync(_lab, PowerShellScript.Of(script), "-Check")).ExitCode);
}
