using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>What a shell must not be taken for, and what it is spared.</summary>
public sealed class EsxiShellTrapTests(VSphereStands stands, LabFolder lab) : EsxiShellBench(stands, lab)
{
    [Fact]
    public async Task ShellOfAnotherMachine_IsToldNothing()
    {
        var stand = await StandAsync(true, "-vms", "1");
        var id = IdOf((await stand.VmsAsync()).Values.Single());
        await ShellAsync(stand, (1, "web", id, "on", true));
        stand.Front.Answer(c =>
            c.Method.EndsWith("_Task", StringComparison.Ordinal) || c.Method == "ShutdownGuest"
                ? VSphereFront.Fault("RestrictedVersion")
                : null
        );
        var host = stand.Device(Own, ssh: Ssh());
        Assert.True((await GuestAsync(host, id, GuestVerb.Reboot)).Fault is null or DeviceFault.Refused);
        await File.WriteAllTextAsync(Path.Combine(Folder, "uuid"), "4c4c4544-0000-4000-8000-00000000dead", Ct);

        var guest = await GuestAsync(host, id, GuestVerb.ForceOff);
        await HostAsync(host);
        var order = await HostAsync(host);
        var shell = (await ProbeAsync(host))["shell"];

        Assert.Equal((DeviceFault.Refused, DeviceFault.Refused), (guest.Fault, order.Fault));
        Assert.All(
            (string?[])[guest.Words, order.Words, shell.Detail],
            w => Assert.Contains("another machine's", w, StringComparison.Ordinal)
        );
        Assert.Equal(HostCheckState.Failed, shell.State);
        Assert.Empty(await PowerLogAsync());
    }

    [Fact]
    public async Task VmThatCannotBeRead_IsUnknownUnderTheNameThatItHad_NeverGone()
    {
        var stand = await StandAsync(false, "-vms", "1");
        await ShellAsync(stand, (1, "web", First, "on", true), (2, "db", Other, "on", true));
        var host = stand.Device(Own, ssh: Ssh());
        await stand.Front.DisposeAsync();
        Assert.Equal(2, (await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Guests.Count);

        await File.AppendAllTextAsync(Path.Combine(Folder, "vms/2"), "MUTE=yes\n", Ct);
        var mute = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await File.AppendAllTextAsync(Path.Combine(Folder, "vms/1"), "INVALID=yes\n", Ct);
        var skipped = await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(GuestState.Unknown, mute.Guests.Single(g => g.ExternalId == Other).State);
        Assert.Equal(GuestState.Running, mute.Guests.Single(g => g.ExternalId == First).State);
        Assert.DoesNotContain(skipped.Guests, g => g.ExternalId == First);
        Assert.False(skipped.WholeRealm);
    }

    [Fact]
    public async Task Order_OfAVmThatWasListed_AsksForThatOneAlone()
    {
        var stand = await StandAsync(false, "-vms", "1");
        await ShellAsync(stand, (1, "web", First, "on", true), (2, "db", Other, "on", true));
        var host = stand.Device(Own, ssh: Ssh());
        await stand.Front.DisposeAsync();
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await File.WriteAllTextAsync(Path.Combine(Folder, "looks"), "", Ct);

        Assert.True((await GuestAsync(host, Other, GuestVerb.Shutdown)).Ok);
        Assert.Equal("2", (await File.ReadAllTextAsync(Path.Combine(Folder, "looks"), Ct)).Trim());

        // The number is another VM's now: that one is left alone.
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "vms/1"),
            $"NAME=new\nUUID={Third}\nPOWER=on\nTOOLS=yes\nTEMPLATE=no\n",
            Ct
        );
        Assert.Equal(DeviceFault.Refused, (await GuestAsync(host, First, GuestVerb.ForceOff)).Fault);
        Assert.Contains(
            "POWER=on",
            await File.ReadAllTextAsync(Path.Combine(Folder, "vms/1"), Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ApiLostInAnOrder_IsLeftAloneForAWhile()
    {
        var stand = await StandAsync(true, "-vms", "1");
        await ShellAsync(stand, (1, "web", First, "on", true));
        var host = stand.Device(Own, ssh: Ssh());
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        stand.Front.Answer(_ => throw new IOException("The API is gone."));
        var before = stand.Front.Contacts;

        Assert.True((await GuestAsync(host, First, GuestVerb.Reboot)).Ok);
        var asked = stand.Front.Contacts;
        Assert.True((await GuestAsync(host, First, GuestVerb.Shutdown)).Ok);
        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.True(asked > before);
        Assert.Equal(asked, stand.Front.Contacts);
        Assert.Equal((GuestState.Off, (bool?)null), (Assert.Single(seen.Guests).State, seen.WholeRealm));
    }

    [Fact]
    public async Task ChangedCertificate_UnpinnedShell_IsNotTrustedInstead()
    {
        var stand = await StandAsync(true, "-vms", "1");
        await ShellAsync(stand, (1, "web", First, "on", true));
        var host = stand.Device(
            new() { Fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
            ssh: Ssh()
        );

        var told = await GuestAsync(host, First, GuestVerb.ForceOff);

        Assert.Equal(DeviceFault.TrustChanged, told.Fault);
        Assert.Contains("no SSH host key is pinned", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnAddress_IsTheShellsWhereThereIsOne()
    {
        var settings = new HostSettings
        {
            Https = new HttpsSettings { BaseUrl = "https://vcenter.lan/" },
            Ssh = Ssh() with { Host = "esx1.lan", Port = 22 },
        };

        Assert.Equal(("esx1.lan", 22), settings.Reached(Driver.OwnAddress));
    }
}
