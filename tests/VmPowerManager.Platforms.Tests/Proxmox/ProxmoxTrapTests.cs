using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Proxmox;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>Answers that must not be taken for more than they say.</summary>
public sealed class ProxmoxTrapTests : ProxmoxBench
{
    [Fact]
    public async Task RightThatIsNotPassedDown_SeesNoGuests_AndIsRefused()
    {
        var host = With("Sys.Audit");
        Lab.Accounts.Known[$"{FakeCluster.User}!own"].Rights.Grant("/vms", false, "VM.Audit");

        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.GetStatesAsync(host, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("passed down", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VM.PowerMgmt")]
    [InlineData(null)]
    public async Task HiddenGuest_OfANodeAlone_IsNotTakenForOff(string? left)
    {
        await using var lab = await FakeCluster.StartAsync("pve1");
        lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        var host = At(lab);
        var before = await Driver.GetStatesAsync(host, Ct);
        // Somebody takes it out of our sight, wholly or in part.
        lab.Accounts.Known[FakeCluster.User].Rights.Grant("/vms/100", true, left is null ? [] : [left]);

        await using var anew = new Drivers();
        var after = await (left is null ? Driver : anew.Of("proxmox")).GetStatesAsync(host, Ct);

        Assert.Equal((1, (bool?)null), (before.Guests.Count, before.WholeRealm));
        Assert.Empty(after.Guests);
        Assert.False(after.WholeRealm);
    }

    [Fact]
    public async Task GuestThatIsDeleted_OfANodeAlone_LeavesTheListWhole()
    {
        await using var lab = await FakeCluster.StartAsync("pve1");
        lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        await Driver.GetStatesAsync(At(lab), Ct);
        lab.Guests.Clear();

        Assert.Null((await Driver.GetStatesAsync(At(lab), Ct)).WholeRealm);
    }

    [Fact]
    public async Task AnotherNodeAtTheAddress_IsAFault()
    {
        await Driver.GetStatesAsync(Pve1, Ct);
        var known = Get<ProxmoxAccess>().Open(Pve1);
        Assert.Equal("pve1", known.Learn(new("lab", true, [new ProxmoxNode("pve1", true, true, null)])));

        var told = Assert.ThrowsAny<DeviceException>(() =>
            known.Learn(new("lab", true, [new ProxmoxNode("pve2", true, true, null)]))
        );

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("pve2", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeShutdown_AnswerThatCannotBeRead_IsNotAccepted()
    {
        await Driver.GetStatesAsync(Pve1, Ct);
        Lab.Faults.Says = ("/nodes/pve1/status", new byte[17 << 20]);

        var told = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.HostPowerAsync(Pve1, HostVerb.Shutdown, Ct)
        );

        Assert.Contains("not known", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeShutdown_ClusterDoesNotAnswer_GoesByTheNameThatIsKnown()
    {
        await Driver.GetStatesAsync(Pve1, Ct);
        Lab.Faults.Hangs = "/cluster/status";

        await Driver
            .HostPowerAsync(Pve1, HostVerb.Shutdown, Ct)
            .WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);

        Assert.Equal(["shutdown"], Lab.Node("pve1").Orders);
    }

    [Fact]
    public async Task WhatAPersonDidBefore_IsTold()
    {
        Lab.CephFlags = [];
        Assert.False(await Driver.IsPreparedAsync(Pve1, "cephNoout", Ct));
        Assert.False(await Driver.IsPreparedAsync(Pve1, "haDisarmed", Ct));
        Lab.CephFlags.Add("noout");
        Lab.Ha.Disarm();

        Assert.True(await Driver.IsPreparedAsync(Pve1, "cephNoout", Ct));
        Assert.True(await Driver.IsPreparedAsync(Pve1, "haDisarmed", Ct));
    }

    [Fact]
    public async Task HaFrozen_IsNotTakenForPrepared()
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
        Lab.Ha.Mode = "freeze";
        Lab.Ha.Disarm();
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Ha.Armed == "disarmed"), "it is disarmed");

        var told = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct)
        );

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("freeze", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HaArmed_GuestsThatItForcesOff_AreTold()
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

        var armed = await Driver.DiscoverAsync(Pve1, Ct);
        await Driver.PrepareAsync(Pve1, "haDisarmed", rehearse: false, Ct);
        var disarmed = await Driver.DiscoverAsync(Pve1, Ct);
        await Driver.UndoAsync(Pve1, "haDisarmed", Ct);
        Lab.Version = "9.1.4";
        var older = await Driver.DiscoverAsync(Pve1, Ct);

        Assert.Equal([new("103", new PlatformForce(120, "haDisarmed"))], armed.Forced);
        Assert.Equal([], disarmed.Forced);
        Assert.Equal([new("103", new PlatformForce(120, null))], older.Forced);
        Assert.Null((await Driver.GetStatesAsync(Pve1, Ct)).Forced);
    }

    [Fact]
    public async Task AgentThatAnsweredALittleAgo_IsNotAskedAgain_BeforeAShutdown()
    {
        var guest = Add(
            new FakeGuest
            {
                Id = 105,
                Name = "good",
                Node = "pve1",
                AgentEnabled = true,
                AgentAnswers = true,
            }
        );
        await Driver.DiscoverAsync(Pve1, Ct);
        Lab.Faults.Hangs = "/agent/ping";

        await AskAsync(105, GuestVerb.Shutdown).WaitAsync(TimeSpan.FromSeconds(3.5), TimeProvider.System);

        Assert.Contains("shutdown", guest.Orders);
    }

    [Fact]
    public async Task AgentThatHangs_HoldsAnOrderUpForSecondsOnly()
    {
        var guest = Add(
            new FakeGuest
            {
                Id = 105,
                Name = "hung",
                Node = "pve1",
                AgentEnabled = true,
            }
        );
        Lab.Faults.Hangs = "/agent/ping";

        await AskAsync(105, GuestVerb.Shutdown).WaitAsync(TimeSpan.FromSeconds(12), TimeProvider.System);

        Assert.Contains("shutdown", guest.Orders);
    }

    private HostDevice At(FakeCluster lab) =>
        Pve1 with
        {
            Id = 9,
            Settings = new HostSettings
            {
                Https = new HttpsSettings { BaseUrl = lab.Node("pve1").Door.BaseUrl, TokenId = FakeCluster.TokenId },
            }.ToElement(),
        };
}
