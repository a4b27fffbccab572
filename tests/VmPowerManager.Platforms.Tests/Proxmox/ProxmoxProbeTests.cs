using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>What a probe finds before an outage does.</summary>
public sealed class ProxmoxProbeTests : ProxmoxBench
{
    private Task<HostProbe> ProbeAsync(HostDevice? host = null) => Driver.ProbeAsync(host ?? Pve1, Ct);

    [Fact]
    public async Task AllWell_NamesVersionAndRights()
    {
        var probe = await ProbeAsync();
        Assert.Contains("Proxmox VE 9.2.1", Detail(probe, "login"), StringComparison.Ordinal);
        Assert.Equal(HostCheckState.Ok, State(probe, "permissions"));
        Assert.Equal(HostCheckState.Ok, State(probe, "clock"));
        // Two nodes alone: the first one back waits for the other.
        Assert.Equal(HostCheckState.Warning, State(probe, "quorum"));
        Assert.Empty(Lab.Guests[100].Orders);
    }

    [Fact]
    public async Task TokenWithPrivilegeSeparation_IsToldWhatItLacks()
    {
        var probe = await ProbeAsync(With("Sys.Audit"));
        Assert.False(probe.Ok);
        var detail = Detail(probe, "permissions");
        Assert.Contains(
            "VM.Audit on /vms, VM.PowerMgmt on /vms, Sys.PowerMgmt on /nodes/pve1",
            detail,
            StringComparison.Ordinal
        );
        Assert.Contains("privilege separation", detail, StringComparison.Ordinal);
        Assert.Contains("Sys.Audit on /", Detail(await ProbeAsync(With()), "permissions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GuestThatIsHidden_IsNamed()
    {
        var host = With(FakeRights.All);
        Lab.Accounts.Known[$"{FakeCluster.User}!own"].Rights.Grant("/vms/100", true, "VM.PowerMgmt");
        Assert.Contains("/vms/100", Detail(await ProbeAsync(host), "permissions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HaThatCannotBeDisarmed_WarnsOfWhatItWillDo()
    {
        Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
            }
        );
        Assert.Equal(HostCheckState.Ok, State(await ProbeAsync(), "ha"));
        Lab.Version = "8.4.5";
        var probe = await ProbeAsync();
        Assert.Equal(HostCheckState.Warning, State(probe, "ha"));
        Assert.Contains("conditional the other nodes start those again", Detail(probe, "ha"), StringComparison.Ordinal);
        Lab.Policy = "migrate";
        Assert.Contains("hangs", Detail(await ProbeAsync(), "ha"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HaInErrorOrDisarmed_IsTold()
    {
        Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
                HaState = "error",
            }
        );
        Assert.Contains("vm:103 (error)", Detail(await ProbeAsync(), "ha"), StringComparison.Ordinal);
        Lab.Ha.Disarm();
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Ha.Armed == "disarmed"), "it is disarmed");
        Assert.Contains("HA is disarmed", Detail(await ProbeAsync(), "ha"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AgentsThatDoNotAnswer_AreNamed()
    {
        Add(
            new FakeGuest
            {
                Id = 104,
                Name = "deaf",
                Node = "pve1",
                AgentEnabled = true,
            }
        );
        Add(
            new FakeGuest
            {
                Id = 105,
                Name = "good",
                Node = "pve1",
                AgentEnabled = true,
                AgentAnswers = true,
            }
        );
        var probe = await ProbeAsync();
        Assert.Contains("deaf", Detail(probe, "agents"), StringComparison.Ordinal);
        Assert.DoesNotContain("good", Detail(probe, "agents"), StringComparison.Ordinal);
        var found = await Driver.DiscoverAsync(Pve1, Ct);
        Assert.Equal(AgentState.Silent, found.Guests.Single(g => g.Name == "deaf").Agent);
        Assert.Equal(AgentState.Running, found.Guests.Single(g => g.Name == "good").Agent);
        Assert.Equal(AgentState.Absent, found.Guests.Single(g => g.Name == "web").Agent);
    }

    [Fact]
    public async Task LockedGuest_ClockAndQuorum_AreTold()
    {
        Lab.Guests[100].Lock = "backup";
        Lab.Node("pve1").ClockAhead = TimeSpan.FromMinutes(-2);
        await Lab.PowerOffAsync("pve2");
        var probe = await ProbeAsync();
        Assert.Contains("web (backup)", Detail(probe, "guests"), StringComparison.Ordinal);
        Assert.Contains("s behind ours", Detail(probe, "clock"), StringComparison.Ordinal);
        Assert.Equal(HostCheckState.Failed, State(probe, "quorum"));
    }
}
