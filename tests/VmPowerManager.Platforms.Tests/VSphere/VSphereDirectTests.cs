using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>An ESXi host behind a vCenter that is spoken to directly: while the vCenter does not answer, and to stop it.</summary>
public sealed class VSphereDirectTests(VSphereStands stands, LabFolder lab) : VSphereDirectBench(stands, lab)
{
    [Fact]
    public async Task VCenterIsAGuest_GoesDownByItsHost_AndTheHostAfterIt()
    {
        var pair = await PairAsync();
        var before = await OkAsync(ct => Driver.DiscoverAsync(pair.Host, ct));
        Assert.True(before.Guests.Single(g => g.ExternalId == pair.VCenterGuest).ControlsHosts);

        Assert.True((await GuestAsync(pair.Host, pair.VCenterGuest, GuestVerb.Shutdown)).Ok);

        // Told by its host, and seen off there, while the vCenter itself still says that it runs.
        Assert.Equal(0, pair.VCenter.Front.Calls("ShutdownGuest"));
        var seen = await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        Assert.Equal((before.Realm, (bool?)false), (seen.Realm, seen.WholeRealm));
        Assert.Equal(GuestState.Off, StateOf(seen, pair.VCenterGuest));
        Assert.Equal(
            before.Guests.Select(g => g.ExternalId).Order(StringComparer.Ordinal),
            seen.Guests.Select(g => g.ExternalId).Order(StringComparer.Ordinal)
        );

        await pair.EndVCenterAsync();
        foreach (var guest in pair.Guests[1..])
            Assert.True((await GuestAsync(pair.Host, guest, GuestVerb.Shutdown)).Ok);
        var told = await HostAsync(pair.Host);
        Assert.True(told.Ok, told.Words);
        await pair.Esxi.Server.EndedAsync(Ct);
        var silent = await CallAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        Assert.Equal(DeviceFault.Unreachable, silent.Fault);
    }

    [Fact]
    public async Task VCenterEndsInTheMiddleOfAnOrder_ItIsCarriedOutByTheHost()
    {
        var pair = await PairAsync();
        await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        pair.VCenter.Front.Rule(async c =>
        {
            if (c.Method is not ("FindAllByUuid" or "RetrievePropertiesEx"))
                return null;
            await pair.VCenter.Server.KillAsync();
            throw new IOException("The vCenter is gone.");
        });

        Assert.True((await GuestAsync(pair.Host, pair.Guests[1], GuestVerb.ForceOff)).Ok);

        var seen = await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        Assert.Equal(GuestState.Off, StateOf(seen, pair.Guests[1]));
        Assert.Equal(GuestState.Running, StateOf(seen, pair.VCenterGuest));
        // After the outage the vCenter is started where it was, before there is one.
        Assert.True((await GuestAsync(pair.Host, pair.VCenterGuest, GuestVerb.ForceOff)).Ok);
        Assert.True((await GuestAsync(pair.Host, pair.VCenterGuest, GuestVerb.Start)).Ok);
        seen = await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        Assert.Equal(GuestState.Running, StateOf(seen, pair.VCenterGuest));
    }

    [Fact]
    public async Task HostStillRunsGuests_IsHeldBackByItselfToo()
    {
        var pair = await PairAsync();
        await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        await pair.EndVCenterAsync();

        var early = await HostAsync(pair.Host);
        var insisted = await HostAsync(pair.Host);

        Assert.Equal(DeviceFault.Refused, early.Fault);
        Assert.Contains("still runs", early.Words, StringComparison.Ordinal);
        Assert.True(insisted.Ok, insisted.Words);
        await pair.Esxi.Server.EndedAsync(Ct);
    }

    [Fact]
    public async Task VCenterTellsNoLogin_NothingIsGotRoundBySpeakingToTheHost()
    {
        var pair = await PairAsync();
        await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        pair.VCenter.Front.Answer(c =>
            c.Method == "PowerOffVM_Task" ? VSphereFront.Fault("NoPermission", "Permission was denied.") : null
        );

        var told = await GuestAsync(pair.Host, pair.Guests[1], GuestVerb.ForceOff);

        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.All((await pair.Esxi.VmsAsync()).Values, v => Assert.Equal("poweredOn", v.Text("runtime.powerState")));
    }

    [Fact]
    public async Task OwnAddress_IsAnotherMachines_IsToldNothing()
    {
        var pair = await PairAsync();
        await OkAsync(ct => Driver.GetStatesAsync(pair.Host, ct));
        var hardware = await pair.Esxi.HardwareAsync();
        pair.Esxi.Front.Rule(async c =>
            c.Method == "RetrievePropertiesEx"
                ? (await c.AskAsync()).Replace(
                    hardware,
                    "4c4c4544-0000-4000-8000-00000000dead",
                    StringComparison.Ordinal
                )
                : null
        );
        var host = WithDirect(pair.Host, new Uri($"https://127.0.0.1:{pair.Esxi.Front.Port}"));
        var check = (await ProbeAsync(host))["direct"];
        await pair.EndVCenterAsync();

        var told = await GuestAsync(host, pair.Guests[1], GuestVerb.ForceOff);

        Assert.Equal((DeviceFault.Refused, HostCheckState.Failed), (told.Fault, check.State));
        Assert.All(
            (string?[])[told.Words, check.Detail],
            w => Assert.Contains("another machine's", w, StringComparison.Ordinal)
        );
        Assert.Equal(0, pair.Esxi.Front.Calls("PowerOffVM_Task"));
    }

    [Fact]
    public async Task OwnAddress_RefusesConnections_IsNotKnown_NotSilent()
    {
        var pair = await PairAsync();
        var host = WithDirect(pair.Host, new Uri($"https://127.0.0.1:{LabFolder.FreePort()}"));
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await pair.EndVCenterAsync();

        var gone = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(DeviceFault.Unreachable, gone.Fault);
        Assert.StartsWith(HostFaults.NotKnown, gone.Words, StringComparison.Ordinal);
        Assert.Contains("directly: connection refused", gone.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongPassword_IsToldByTheProbe_AndWhenItIsNeeded()
    {
        var pair = await PairAsync();
        var host = WithDirect(pair.Host, pair.Esxi.Server.Url, "not it");

        var checks = await ProbeAsync(host);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await pair.EndVCenterAsync();
        var told = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal((HostCheckState.Ok, HostCheckState.Failed), (checks["login"].State, checks["direct"].State));
        Assert.Equal(HostCheckState.Warning, checks["vcenter"].State);
        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("directly: ", told.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("not it", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_LooksAtTheHostItselfToo()
    {
        var pair = await PairAsync();

        var probe = await OkAsync(ct => Driver.ProbeAsync(pair.Host, ct));
        await pair.EndVCenterAsync();
        var alone = await OkAsync(ct => Driver.ProbeAsync(pair.Host, ct));

        Assert.Equal(HostCheckState.Ok, probe.Checks.Single(c => c.Name == "direct").State);
        Assert.Contains(
            "is spoken to directly",
            probe.Checks.Single(c => c.Name == "vcenter").Detail,
            StringComparison.Ordinal
        );
        Assert.NotNull(probe.DirectCertificateFingerprint);
        Assert.NotEqual(probe.CertificateFingerprint, probe.DirectCertificateFingerprint);
        Assert.Equal(HostCheckState.Failed, alone.Checks.Single(c => c.Name == "connect").State);
        Assert.Equal(HostCheckState.Ok, alone.Checks.Single(c => c.Name == "direct").State);
    }

    [Fact]
    public async Task VCentersCertificateChanged_TheHostIsToldOnlyWhereItsOwnIsPinned()
    {
        var pair = await PairAsync();
        var changed = pair.VCenter.Device(
            new() { Fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
            HostSettings.Of(pair.Host).Https!.HostName // not null: the bench gave it
        );
        var seen = (await OkAsync(ct => Driver.ProbeAsync(pair.Host, ct))).DirectCertificateFingerprint;

        var unpinned = await GuestAsync(WithDirect(changed, pair.Esxi.Server.Url), pair.Guests[1], GuestVerb.ForceOff);
        var pinned = await GuestAsync(
            WithDirect(changed, pair.Esxi.Server.Url, pinned: seen),
            pair.Guests[1],
            GuestVerb.ForceOff
        );
        var other = await GuestAsync(
            WithDirect(changed, pair.Esxi.Server.Url, pinned: "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            pair.Guests[2],
            GuestVerb.ForceOff
        );

        Assert.Equal(DeviceFault.TrustChanged, unpinned.Fault);
        Assert.Contains("no certificate is pinned", unpinned.Words, StringComparison.Ordinal);
        Assert.True(pinned.Ok, pinned.Words);
        Assert.Equal(DeviceFault.TrustChanged, other.Fault);
        Assert.Equal(1, (await pair.Esxi.VmsAsync()).Values.Count(v => v.Text("runtime.powerState") == "poweredOff"));
    }

    [Fact]
    public async Task OwnAddressRefuses_TheShellIsLeft()
    {
        var pair = await PairAsync();
        await ShellAsync(pair.Esxi, (7, "vcenter", pair.VCenterGuest, "on", true));
        var host = WithDirect(pair.Host, new Uri($"https://127.0.0.1:{LabFolder.FreePort()}"), ssh: Ssh());
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await pair.EndVCenterAsync();

        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        Assert.Equal(GuestState.Running, StateOf(seen, pair.VCenterGuest));
        Assert.True((await GuestAsync(host, pair.VCenterGuest, GuestVerb.Shutdown)).Ok);
        Assert.True((await HostAsync(host)).Ok);

        Assert.Contains("poweroff", await PowerLogAsync(), StringComparison.Ordinal);
    }

    /// <summary>The name server is one of the guests that are off (POLICY F8).</summary>
    [Fact]
    public async Task NamesAreGone_TheHostIsAskedAtTheAddressThatItsNameHad()
    {
        var pair = await PairAsync();
        Remembered.Note("esx1.invalid", System.Net.IPAddress.Parse("127.0.0.2"));
        var host = WithDirect(pair.Host, new UriBuilder(pair.Esxi.Server.Url) { Host = "esx1.invalid" }.Uri);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await pair.EndVCenterAsync();

        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(GuestState.Running, StateOf(seen, pair.VCenterGuest));
    }

    [Fact]
    public void OwnAddress_IsTheDirectOne_WhereThereIsNoShell()
    {
        var settings = new HostSettings
        {
            Https = new HttpsSettings { BaseUrl = "https://vcenter.lan/", HostName = "esx1" },
            Direct = new HttpsSettings { BaseUrl = "https://esx1.lan/", UserName = "root" },
        };

        Assert.Equal(("esx1.lan", 443), settings.Reached(Driver.OwnAddress));
    }
}
