using System.Text.Json.Nodes;
using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.HyperV;

public sealed class HyperVHostTests(LabFolder folder) : HyperVBench(folder)
{
    [Fact]
    public async Task States_NoModule_IsUnsupported()
    {
        Lab.Set(null, "module", false);

        Assert.Equal(DeviceFault.Unsupported, (await FaultAsync(Driver.GetStatesAsync(Host, Ct))).Fault);
        var probe = await Driver.ProbeAsync(Host, Ct);
        Assert.Contains("Install-WindowsFeature", Of(probe, "hyperv").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_NotPermitted_IsAuthenticationFailed()
    {
        Lab.Set(null, "denied", true);

        var fault = await FaultAsync(Driver.GetStatesAsync(Host, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("required permission", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Hyper-V lists nothing then, and says nothing: all guests would be off.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("S-1-5-32-544", "S-1-5-32-544")]
    [InlineData("S-1-5-32-580", "")]
    public async Task States_OfALogonThatSeesNothing_AreNotAnEmptyList(string groups, string denyOnly)
    {
        Lab.Set(null, "groups", Words(groups));
        Lab.Set(null, "denyOnly", Words(denyOnly));

        var states = await FaultAsync(Driver.GetStatesAsync(Host, Ct));
        var found = await FaultAsync(Driver.DiscoverAsync(Host, Ct));
        var probe = await Driver.ProbeAsync(Host, Ct);

        Assert.Equal((DeviceFault.AuthenticationFailed, DeviceFault.AuthenticationFailed), (states.Fault, found.Fault));
        Assert.Equal(HostCheckState.Failed, Of(probe, "rights").State);
        Assert.Contains("neither one of Hyper-V Administrators", states.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_OfAnAdministrator_AreTold()
    {
        Lab.Set(null, "groups", Words("S-1-5-32-544"));

        Assert.Equal(3, (await Driver.GetStatesAsync(Host, Ct)).Guests.Count);
        Assert.True((await Driver.ProbeAsync(Host, Ct)).Ok);
    }

    private static JsonArray Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>C3: only a lost connection leaves it open; who says what became of it is believed.</summary>
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task HostShutdown_LoginIsRefusedAfterItBegan_IsNotAccepted(int status)
    {
        Peer.Server.Before = (asked, context) =>
        {
            context.Response.StatusCode = asked == "Receive" ? status : 200;
            return Task.FromResult(asked == "Receive");
        };

        var fault = await FaultAsync(Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
    }

    [Fact]
    public async Task HostShutdown_ScheduledBefore_GoesNow()
    {
        await Lab.FailShutdownAsync(
            "case $1 in /s) [ -e \"$0.told\" ] || { touch \"$0.told\"; exit 166; };; /a) ;; esac\n"
        );
        // 1190 as a process of Windows tells it; here only the low byte arrives.
        var fault = await FaultAsync(Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct));

        Assert.Contains("exit code 166", fault.Message, StringComparison.Ordinal);
        await Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct);
        Assert.Equal("/s /f /t 0\n/s /f /t 0\n", await Lab.PowerAsync());
    }

    [Fact]
    public async Task HostShutdown_Denied_IsTold()
    {
        await Lab.FailShutdownAsync("echo 'Access is denied.(5)'; exit 5\n");

        var fault = await FaultAsync(Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("Access is denied.(5)", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Receive")]
    [InlineData("Signal")]
    public async Task HostShutdown_ConnectionEndsAfterItBegan_IsAccepted(string verb)
    {
        Peer.Server.Before = (asked, context) =>
        {
            if (asked == verb)
                context.Abort();
            return Task.FromResult(asked == verb);
        };

        await Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct);

        await Soon.BecomesTrueAsync(Peer.ShutdownSeenAsync, "it was told to shut down");
    }

    [Fact]
    public async Task HostShutdown_ConnectionEndsBeforeItBegan_IsNot()
    {
        Peer.Server.Before = (asked, context) =>
        {
            if (asked == "Command")
                context.Abort();
            return Task.FromResult(asked == "Command");
        };

        await FaultAsync(Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct));
    }

    [Fact]
    public async Task HostReboot_Arrives()
    {
        await Driver.HostPowerAsync(Host, HostVerb.Reboot, Ct);

        Assert.Equal("/r /f /t 0\n", await Lab.PowerAsync());
    }

    [Fact]
    public async Task Command_IsPowerShellAndItsWordsComeBack()
    {
        Assert.Equal("Größe: 3\n", await Driver.RunCommandAsync(Host, "\"Größe: $(1 + 2)\"", Ct));
        var exit = await FaultAsync(Driver.RunCommandAsync(Host, "shutdown.exe /?; exit 7", Ct));
        Assert.Contains("exit code 7", exit.Message, StringComparison.Ordinal);
        var thrown = await FaultAsync(Driver.RunCommandAsync(Host, "throw 'no disk \"D\"'", Ct));
        Assert.Contains("exit code 1: no disk \"D\"", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_IsTheBoardAndAllMacs()
    {
        var told = await ((IHostIdentity)Driver).IdentifyAsync(Host, Ct);

        Assert.Equal(HyperVLab.Uuid.ToLowerInvariant(), told.ProductUuid);
        Assert.Equal(["00:15:5d:aa:00:01"], told.Macs);
        Assert.Equal(["00:15:5d:00:00:01"], told.GuestMacs[HyperVLab.Web]);
    }

    [Fact]
    public async Task Probe_TellsWhatAPersonHasToKnow()
    {
        Lab.Set(HyperVLab.Web, "stopAction", "TurnOff");
        Lab.Set(HyperVLab.Web, "startDelay", 30);
        Lab.Set(HyperVLab.Hung, "integration", false);
        Lab.Set(
            null,
            "cluster",
            JsonNode.Parse(
                """{"id": "CCCCCCCC-0000-4000-8000-000000000001", "name": "HVC", "roles": 2, "tools": true}"""
            )
        );

        var probe = await Driver.ProbeAsync(Host, Ct);

        Assert.True(probe.Ok);
        Assert.Equal(
            [
                "connect",
                "certificate",
                "login",
                "powershell",
                "hyperv",
                "rights",
                "agents",
                "automatic",
                "shutdownCommand",
                "cluster",
                "clock",
            ],
            probe.Checks.Select(c => c.Name)
        );
        Assert.Contains("O'Brien", Of(probe, "agents").Detail, StringComparison.Ordinal);
        Assert.Contains("web01 would be turned off", Of(probe, "automatic").Detail, StringComparison.Ordinal);
        Assert.Contains("web01 (if it ran, after 30 s)", Of(probe, "automatic").Detail, StringComparison.Ordinal);
        Assert.Contains("HVC with 2 virtual machines as roles", Of(probe, "cluster").Detail, StringComparison.Ordinal);
        Assert.Contains("Hyper-V Administrators", Of(probe, "rights").Detail, StringComparison.Ordinal);
        Assert.Equal(HostCheckState.Ok, Of(probe, "clock").State);
        Assert.Empty(Lab.Log());
    }

    /// <summary>A login by NTLM at a server that is not ours.</summary>
    [Fact]
    public async Task ByNtlm_ListsAndAsks()
    {
        WinrmLab.RequireNtlm();
        await using var ntlm = new WinrmLab();
        await using var open = await WinrmServer.StartAsync(Lab.Bin);
        await ntlm.StartNtlmAsync(open);
        var host = HyperVWinrmPeer.Device(ntlm.Port, WinrmLab.Password, WinrmAuthentication.Ntlm, null, WinrmLab.User);

        var found = await Driver.DiscoverAsync(host, Ct);
        await Driver.GuestPowerAsync(host, HyperVLab.Web, GuestVerb.Shutdown, null, Ct);

        Assert.Equal(3, found.Guests.Count);
        Assert.Equal(["shutdown web01"], Lab.Log());
    }

    private static HostCheck Of(HostProbe probe, string name) => probe.Checks.Single(c => c.Name == name);
}
