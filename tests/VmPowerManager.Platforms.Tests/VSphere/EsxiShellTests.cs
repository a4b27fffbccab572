using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>The second way: a real OpenSSH behind which stand-ins of ours print what vim-cmd and esxcli print.</summary>
public sealed class EsxiShellTests(VSphereStands stands, LabFolder lab) : EsxiShellBench(stands, lab)
{
    [Fact]
    public async Task Restricted_GuestAndHost_GoDownByTheShell()
    {
        var stand = await StandAsync(true, "-vms", "2");
        var ids = (await stand.VmsAsync()).Values.Select(IdOf).ToList();
        await ShellAsync(stand, (1, "web", ids[0], "on", true), (2, "hung", ids[1], "on", false));
        stand.Front.Answer(c =>
            c.Method.EndsWith("_Task", StringComparison.Ordinal) || c.Method == "ShutdownGuest"
                ? VSphereFront.Fault("RestrictedVersion", "Current license or ESXi version prohibits execution.")
                : null
        );
        var host = stand.Device(Own, ssh: Ssh());

        Assert.True((await GuestAsync(host, ids[0], GuestVerb.Shutdown)).Ok);
        var refused = await GuestAsync(host, ids[1], GuestVerb.Shutdown);
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Contains("VMware Tools does not run", refused.Words, StringComparison.Ordinal);
        var early = await HostAsync(host);
        Assert.Contains("still runs hung", early.Words, StringComparison.Ordinal);
        Assert.True((await GuestAsync(host, ids[1], GuestVerb.ForceOff)).Ok);
        Assert.True((await GuestAsync(host, ids[1], GuestVerb.ForceOff)).Ok);
        Assert.True((await HostAsync(host)).Ok);

        Assert.Contains("poweroff", await PowerLogAsync(), StringComparison.Ordinal);
        // Asked once, then the shell at once.
        Assert.Equal(1, stand.Front.Calls("ShutdownGuest"));
    }

    [Fact]
    public async Task VCenterGone_ItsLastGuestAndItsHost_AreToldByTheShell()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var id = IdOf((await stand.VmsAsync()).Values.Single());
        await ShellAsync(
            stand,
            (7, "vcenter", id, "on", true),
            (8, "vCLS-4c4c4544-0042-4a10-8054-b7c04f4d3332", Other, "on", true)
        );
        var host = stand.Device(Own, ssh: Ssh());
        var realm = (await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Realm;

        // The vCenter was the guest that has just been asked.
        await stand.Front.DisposeAsync();
        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        Assert.Equal(
            (realm, id, GuestState.Running),
            (seen.Realm, seen.Guests.Single().ExternalId, seen.Guests[0].State)
        );
        Assert.False(seen.WholeRealm);
        Assert.True((await GuestAsync(host, id, GuestVerb.Shutdown)).Ok);
        Assert.Equal(GuestState.Off, (await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Guests.Single().State);
        Assert.True((await HostAsync(host)).Ok);
        Assert.Contains("poweroff", await PowerLogAsync(), StringComparison.Ordinal);

        // After the outage, before there is a vCenter.
        Assert.True((await GuestAsync(host, id, GuestVerb.Start)).Ok);
        Assert.Equal(GuestState.Running, (await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Guests.Single().State);
    }

    [Fact]
    public async Task VCenterGone_BeforeItWasEverHeard_TellsNoRealm()
    {
        var stand = await StandAsync(false, "-vms", "1");
        await ShellAsync(stand, (7, "vcenter", Other, "off", true));
        await stand.Front.DisposeAsync();

        var seen = await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own, ssh: Ssh()), ct));

        Assert.Equal(("", Other), (seen.Realm, Assert.Single(seen.Guests).ExternalId));
    }

    [Fact]
    public async Task VCenterGone_ShellRefusesConnections_IsNotKnown()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var host = stand.Device(Own, ssh: Ssh() with { Port = LabFolder.FreePort() });
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await stand.Front.DisposeAsync();

        var gone = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(DeviceFault.Unreachable, gone.Fault);
        Assert.StartsWith(HostFaults.NotKnown, gone.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maintenance_ByTheShell_IsEnteredAndLeft()
    {
        var stand = await StandAsync(true, "-vms", "1");
        await ShellAsync(stand, (1, "web", Other, "off", true));
        var host = stand.Device(Own, ssh: Ssh());
        stand.Front.Answer(c =>
            c.Method.EndsWith("_Task", StringComparison.Ordinal) ? VSphereFront.Fault("RestrictedVersion") : null
        );

        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        Assert.Equal("Enabled", (await File.ReadAllTextAsync(Path.Combine(Folder, "maintenance"), Ct)).Trim());
        Assert.True((await HostAsync(host)).Ok);
        Assert.Contains("--reason VM Host Power Manager", await PowerLogAsync(), StringComparison.Ordinal);
        await OkAsync(ct => Done(Driver.UndoAsync(host, "maintenance", ct)));
        await OkAsync(ct => Done(Driver.UndoAsync(host, "maintenance", ct)));
        Assert.Equal("Disabled", (await File.ReadAllTextAsync(Path.Combine(Folder, "maintenance"), Ct)).Trim());
    }

    [Fact]
    public async Task Probe_WithAShell_ChecksIt()
    {
        var stand = await StandAsync(true, "-vms", "1");
        await ShellAsync(stand, (1, "web", Other, "on", true));

        var well = await OkAsync(ct => Driver.ProbeAsync(stand.Device(Own, ssh: Ssh()), ct));
        var wrong = await OkAsync(ct =>
            Driver.ProbeAsync(stand.Device(Own, ssh: Ssh() with { UserName = "nobody" }), ct)
        );

        Assert.True(well.Ok, string.Join("; ", well.Checks));
        Assert.NotNull(well.HostKeyFingerprint);
        Assert.NotNull(well.CertificateFingerprint);
        Assert.Equal("shell", Assert.Single(wrong.Checks, c => c.State == HostCheckState.Failed).Name);
    }
}
