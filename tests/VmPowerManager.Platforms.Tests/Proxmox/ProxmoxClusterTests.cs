using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>Rights, quorum, HA and Ceph: what concerns a whole cluster.</summary>
public sealed class ProxmoxClusterTests : ProxmoxBench
{
    [Fact]
    public async Task TokenThatSeesNothing_IsRefused_NeverAnEmptyHost()
    {
        var host = With("Sys.Audit", "Sys.PowerMgmt");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.GetStatesAsync(host, Ct));
        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("VM.Audit on /vms", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_LogsInAsWell()
    {
        var host = Pve1 with
        {
            Settings = new HostSettings
            {
                Https = new HttpsSettings { BaseUrl = Lab.Node("pve1").Door.BaseUrl, UserName = FakeCluster.User },
            }.ToElement(),
            Secrets = new Dictionary<string, string> { [HostSecrets.HttpsPassword] = FakeCluster.Password },
        };
        Assert.True((await Driver.ProbeAsync(host, Ct)).Ok);
        await Driver.GuestPowerAsync(host, "100", GuestVerb.ForceOff, null, Ct);
        Assert.False(Lab.Guests[100].Running);
    }

    [Fact]
    public async Task NoQuorum_IsUpAndNotReady_AndStartsNothing()
    {
        Lab.Guests[100].Stop();
        await Lab.PowerOffAsync("pve2");
        var states = await Driver.GetStatesAsync(Pve1, Ct);
        Assert.Contains("no quorum (1 of 2 nodes", states.NotReady, StringComparison.Ordinal);
        var told = await RefusedAsync(100, GuestVerb.Start);
        Assert.Equal((DeviceFault.Refused, "cluster not ready - no quorum?"), (told.Fault, told.Message));
        await Lab.BootAsync("pve2");
        Assert.Null((await Driver.GetStatesAsync(Pve1, Ct)).NotReady);
        await AskAsync(100, GuestVerb.Start);
        await BecomesAsync(100, GuestState.Running);
    }

    [Fact]
    public async Task Armed_NodeShutDown_OthersStartItsGuestsAgain()
    {
        await using var lab = await FakeCluster.StartAsync("pve1", "pve2", "pve3");
        var guest = lab.Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
            }
        );
        await lab.PowerOffAsync("pve1");
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(guest is { Running: true, Node: not "pve1" }),
            "it came back"
        );
    }

    [Fact]
    public async Task Disarmed_GuestsAreOursAndStayOff_UntilArmedAgain()
    {
        var guest = Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
            }
        );
        Lab.Ha.Busy = true; // something is being recovered: it is deferred
        Assert.Equal("HA can be disarmed", await Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: true, Ct));
        Assert.Equal("armed", Lab.Ha.Armed);
        var doing = Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct);
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Ha.Armed == "disarming"), "it is disarming");
        Assert.False(doing.IsCompleted);
        Lab.Ha.Busy = false;
        Assert.Equal("HA is disarmed", await doing);

        await AskAsync(103, GuestVerb.Shutdown);
        await BecomesAsync(103, GuestState.Off);
        Assert.Contains(Lab.Tasks.All, t => t.Type == "qmshutdown"); // not HA's: our own
        Assert.Equal("HA was disarmed already", await Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct));
        await AskAsync(103, GuestVerb.Start);
        await BecomesAsync(103, GuestState.Running);

        await Driver.UndoAsync(Pve1, "haDisarmed", Ct);
        await Driver.UndoAsync(Pve1, "haDisarmed", Ct);
        Assert.Equal("armed", Lab.Ha.Armed);
        Assert.True(guest.Running);
    }

    [Fact]
    public async Task Disarmed_GuestInError_IsShutDownAllTheSame()
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
        await Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct);
        await AskAsync(103, GuestVerb.Shutdown);
        await BecomesAsync(103, GuestState.Off);
    }

    [Fact]
    public async Task Disarm_OlderVersionOrMissingRight_IsToldBefore()
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
        var lacking = With("Sys.Audit", "VM.Audit");
        var right = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.PrepareAsync(lacking, "haDisarmed", rehearse: true, Ct)
        );
        Assert.Contains("Sys.Console on /", right.Message, StringComparison.Ordinal);
        Lab.Version = "9.1.4";
        var version = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: true, Ct)
        );
        Assert.Equal(DeviceFault.Unsupported, version.Fault);
        Assert.Contains("9.1.4", version.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.PrepareAsync(Pve1, "other", rehearse: true, Ct));
    }

    [Fact]
    public async Task Undo_WithoutQuorum_IsRefusedAndWorksLater()
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
        await Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct);
        Lab.QuorumIs = false;
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.UndoAsync(Pve1, "haDisarmed", Ct));
        Assert.Contains("no quorum", told.Message, StringComparison.Ordinal);
        Lab.QuorumIs = null;
        await Driver.UndoAsync(Pve1, "haDisarmed", Ct);
        Assert.Equal("armed", Lab.Ha.Armed);
    }

    [Fact]
    public async Task CephFlag_IsSetAndTakenBack()
    {
        await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.PrepareAsync(Pve1, "cephNoout", rehearse: true, Ct));
        Lab.CephFlags = [];
        await Driver.PrepareAsync(Pve1, "cephNoout", rehearse: true, Ct);
        Assert.Empty(Lab.CephFlags);
        await Driver.PrepareAsync(Pve1, "cephNoout", rehearse: false, Ct);
        Assert.Equal(["noout"], Lab.CephFlags);
        await Driver.UndoAsync(Pve1, "cephNoout", Ct);
        await Driver.UndoAsync(Pve1, "cephNoout", Ct);
        Assert.Empty(Lab.CephFlags);
    }

    [Fact]
    public async Task NodeShutdown_AnswerLostOnTheWay_IsAccepted()
    {
        await Driver.GetStatesAsync(Pve1, Ct);
        Lab.Faults.BreaksAfter = "/nodes/pve1/status";
        await Driver.HostPowerAsync(Pve1, HostVerb.Shutdown, Ct);
        await Soon.BecomesTrueAsync(() => Task.FromResult(!Lab.Node("pve1").Online), "it is off");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.GetStatesAsync(Pve1, Ct));
        Assert.Equal(DeviceFault.Unreachable, told.Fault);
    }

    [Fact]
    public async Task NodeReboot_ComesBack()
    {
        Lab.NodeOffTakes = TimeSpan.FromSeconds(2);
        await Driver.HostPowerAsync(Pve1, HostVerb.Reboot, Ct);
        await Soon.BecomesTrueAsync(() => Task.FromResult(!Lab.Node("pve1").Online), "it is off");
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Node("pve1").Online), "it is back");
        Assert.Equal(["reboot"], Lab.Node("pve1").Orders);
    }

    [Fact]
    public async Task TwoClusters_OfOneName_AreTwoRealms()
    {
        await using var other = await FakeCluster.StartAsync("pve1", "pve2");
        var theirs = Pve1 with
        {
            Id = 9,
            Settings = new HostSettings
            {
                Https = new HttpsSettings { BaseUrl = other.Node("pve1").Door.BaseUrl, TokenId = FakeCluster.TokenId },
            }.ToElement(),
        };
        Assert.NotEqual((await Driver.GetStatesAsync(Pve1, Ct)).Realm, (await Driver.GetStatesAsync(theirs, Ct)).Realm);
    }

    [Fact]
    public async Task Identity_TellsTheCardsOfGuests()
    {
        var identity = await ((IHostIdentity)Driver).IdentifyAsync(Pve1, Ct);
        Assert.Equal(["bc:24:11:00:00:01"], identity.GuestMacs["100"]);
    }
}
