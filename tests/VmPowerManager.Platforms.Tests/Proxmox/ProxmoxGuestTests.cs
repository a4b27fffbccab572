using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>Orders to guests where the platform sets traps.</summary>
public sealed class ProxmoxGuestTests : ProxmoxBench
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task HaGuest_TaskSaysOkWhileItRuns_OnlyItsStateProvesIt()
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
        Lab.QuorumIs = false; // HA does not act as long
        await AskAsync(103, GuestVerb.Shutdown);
        Assert.Equal("OK", Lab.Tasks.All.Single(t => t.Type == "hastop").Exit);
        Assert.Equal(GuestState.Running, await StateAsync(103));
        Lab.QuorumIs = null;
        await BecomesAsync(103, GuestState.Off);
        await AskAsync(103, GuestVerb.Start);
        await BecomesAsync(103, GuestState.Running);
    }

    [Fact]
    public async Task HaGuestInError_IsToldAtShutdown_AndDisabledFirstAtStart()
    {
        var guest = Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
                HaState = "error",
            }
        );
        var told = await RefusedAsync(103, GuestVerb.Shutdown);
        Assert.Contains("vm:103 in error", told.Message, StringComparison.Ordinal);
        guest.Stop();
        await AskAsync(103, GuestVerb.Start);
        await BecomesAsync(103, GuestState.Running);
        Assert.Equal(("started", "started"), (guest.HaWants, guest.HaState));
    }

    [Fact]
    public async Task HaGuest_Forced_GoesWithoutTheParameterThatHaDoesNotKnow()
    {
        Add(
            new FakeGuest
            {
                Id = 103,
                Name = "ha",
                Node = "pve1",
                HaWants = "started",
                ShutdownTakes = null,
            }
        );
        await AskAsync(103, GuestVerb.ForceOff);
        await BecomesAsync(103, GuestState.Off);
    }

    [Fact]
    public async Task AgentEnabledAndDead_IsToldAtOnce_AndNotAskedInVain()
    {
        var guest = Add(
            new FakeGuest
            {
                Id = 104,
                Name = "deaf",
                Node = "pve1",
                AgentEnabled = true,
            }
        );
        foreach (var via in (ShutdownVia?[])[null, ShutdownVia.Agent, ShutdownVia.Acpi])
        {
            var told = await RefusedAsync(104, GuestVerb.Shutdown, via);
            Assert.Contains("does not answer", told.Message, StringComparison.Ordinal);
        }
        Assert.Empty(guest.Orders);
        guest.AgentAnswers = true;
        await AskAsync(104, GuestVerb.Shutdown, ShutdownVia.Agent);
        await BecomesAsync(104, GuestState.Off);
    }

    [Fact]
    public async Task AgentWanted_NotEnabled_IsTold()
    {
        var told = await RefusedAsync(100, GuestVerb.Shutdown, ShutdownVia.Agent);
        Assert.Contains("not enabled", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LockedGuest_IsToldByWhat()
    {
        Add(
            new FakeGuest
            {
                Id = 105,
                Name = "saved",
                Node = "pve1",
                Lock = "backup",
            }
        );
        Assert.Contains(
            "locked (backup)",
            (await RefusedAsync(105, GuestVerb.Shutdown)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task PausedGuest_IsToldInThePlatformsWords_AndStaysPausedInQuickLooks()
    {
        Lab.Guests[100].Paused = true;
        await Driver.DiscoverAsync(Pve1, Ct);
        Assert.Equal(GuestState.Paused, await StateAsync(100));
        Assert.Equal("VM is paused - cannot shutdown", (await RefusedAsync(100, GuestVerb.Shutdown)).Message);
        await AskAsync(100, GuestVerb.Resume);
        await BecomesAsync(100, GuestState.Running);
    }

    [Fact]
    public async Task ShutdownThatWaits_IsNotAskedTwice_AndIsOverruled()
    {
        Lab.Power.LockWait = Long;
        await AskAsync(101, GuestVerb.Shutdown);
        await AskAsync(101, GuestVerb.Shutdown);
        Assert.Equal(["shutdown"], Lab.Guests[101].Orders);
        await AskAsync(101, GuestVerb.ForceOff);
        await BecomesAsync(101, GuestState.Off);
    }

    [Fact]
    public async Task ShutdownThatWaits_OldVersion_IsGivenUpBeforeTheForce()
    {
        (Lab.Version, Lab.Power.LockWait) = ("8.1.4", Long);
        await AskAsync(101, GuestVerb.Shutdown);
        await AskAsync(101, GuestVerb.ForceOff);
        await BecomesAsync(101, GuestState.Off);
    }

    [Fact]
    public async Task PressLostInTheBoot_IsRepeatedWhenTheTaskHasGivenUp()
    {
        Lab.Guests[100].LosesRequests = 1;
        await AskAsync(100, GuestVerb.Shutdown);
        Assert.Equal(GuestState.Running, await StateAsync(100));
        foreach (var task in Lab.Tasks.All)
            await task.Stop.CancelAsync(); // its time is over
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Tasks.All.All(t => t.Exit is not null)), "it gave up");
        await AskAsync(100, GuestVerb.Shutdown);
        await BecomesAsync(100, GuestState.Off);
        Assert.Equal(2, Lab.Guests[100].Orders.Count);
    }

    [Fact]
    public async Task Container_StopsAndStarts_AndIsNotHibernated()
    {
        Add(
            new FakeGuest
            {
                Id = 200,
                Name = "dns",
                Node = "pve1",
                Kind = "lxc",
            }
        );
        var seen = (await Driver.GetStatesAsync(Pve1, Ct)).Guests.Single(g => g.ExternalId == "200");
        Assert.Equal(GuestKind.Container, seen.Kind);
        Assert.Equal(DeviceFault.Unsupported, (await RefusedAsync(200, GuestVerb.Save)).Fault);
        await AskAsync(200, GuestVerb.Shutdown);
        await BecomesAsync(200, GuestState.Off);
        await AskAsync(200, GuestVerb.Start);
        await BecomesAsync(200, GuestState.Running);
    }

    [Fact]
    public async Task GuestThatMoved_IsFoundWhereItIs()
    {
        await Driver.GetStatesAsync(Pve1, Ct);
        Lab.Guests[100].Node = "pve2";
        await AskAsync(100, GuestVerb.Shutdown);
        await Soon.BecomesTrueAsync(() => Task.FromResult(!Lab.Guests[100].Running), "it is off");
        var here = await Driver.GetStatesAsync(Pve1, Ct);
        Assert.DoesNotContain(here.Guests, g => g.ExternalId == "100");
        Assert.False(here.WholeRealm); // what is not listed here may run elsewhere
        var there = await Driver.GetStatesAsync(Host("pve2"), Ct);
        Assert.Equal(here.Realm, there.Realm);
        Assert.Contains(there.Guests, g => g.ExternalId == "100");
    }

    [Fact]
    public async Task Hibernated_WithoutTheRights_IsToldWhichAreMissing()
    {
        var host = With("VM.Audit", "VM.PowerMgmt", "Sys.Audit");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.GuestPowerAsync(host, "100", GuestVerb.Save, null, Ct)
        );
        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("VM.Config.Disk", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_AreNoGuests()
    {
        Add(
            new FakeGuest
            {
                Id = 900,
                Name = "template",
                Node = "pve1",
                Running = false,
                Template = true,
            }
        );
        Assert.DoesNotContain((await Driver.GetStatesAsync(Pve1, Ct)).Guests, g => g.ExternalId == "900");
    }
}
