using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>Which host is meant, what is told of it, and how it goes down.</summary>
public sealed class VSphereHostTests(VSphereStands stands) : VSphereTest(stands)
{
    [Fact]
    public async Task States_VCenterWithSeveralHosts_AsksForANameAndTellsThem()
    {
        var stand = await StandAsync(false, "-hosts", "3", "-vms", "9");
        var names = (await stand.HostsAsync()).Select(h => h.Text("name")!).ToList(); // not null: every host has one

        var unnamed = await CallAsync(ct => Driver.GetStatesAsync(stand.Device(Own, ""), ct));
        var wrong = await CallAsync(ct => Driver.GetStatesAsync(stand.Device(Own, "esx9"), ct));
        var each = new List<HostInventory>();
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
            each.Add(
                await OkAsync(ct =>
                    Driver.GetStatesAsync(stand.Device(Own, $"{name.ToUpperInvariant()}.lan", id: i), ct)
                )
            );

        foreach (var told in new[] { unnamed, wrong })
        {
            Assert.Equal(DeviceFault.Refused, told.Fault);
            Assert.All(names, n => Assert.Contains(n, told.Words, StringComparison.Ordinal));
        }
        Assert.Single(each.Select(e => e.Realm).Distinct());
        Assert.All(each, e => Assert.False(e.WholeRealm));
        Assert.Equal(9, each.SelectMany(e => e.Guests).DistinctBy(g => g.ExternalId).Count());
    }

    [Fact]
    public async Task States_TemplatesAndClusterAgents_AreNotListed()
    {
        var stand = await StandAsync(true, "-vms", "3");
        var vms = (await stand.VmsAsync()).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value).ToList();
        stand.Front.Rule(async c =>
            c.Method == "RetrievePropertiesEx"
                ? (await c.AskAsync()).Replace(
                    $">{vms[0].Text("name")}<",
                    ">vCLS-4c4c4544-0042-4a10-8054-b7c04f4d3332<",
                    StringComparison.Ordinal
                )
                : null
        );
        await stand.Session.WaitAsync(await stand.Session.PowerOffAsync(vms[1].Ref, Ct), TimeSpan.FromSeconds(5), Ct);
        await MarkAsTemplateAsync(stand, vms[1].Ref);

        var seen = await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own), ct));

        Assert.Equal(IdOf(vms[2]), Assert.Single(seen.Guests).ExternalId);
    }

    [Fact]
    public async Task States_ServerCameBackWithOtherIds_AreFoundAgain()
    {
        var stand = await StandAsync(false, "-vms", "2");
        var before = await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own), ct));
        await stand.RestartAsync();

        var after = await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own), ct));

        // Instance and sessions are new; guests keep their instanceUuid.
        Assert.Equal(
            before.Guests.Select(g => g.ExternalId).Order(StringComparer.Ordinal),
            after.Guests.Select(g => g.ExternalId).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task States_HostThatItsVCenterMisses_IsSilentOneThatIsDisconnectedIsNotKnown()
    {
        var stand = await StandAsync(false);
        var host = stand.Device(Own);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Says("notResponding");
        var missed = await CallAsync(ct => Driver.GetStatesAsync(host, ct));
        Says("disconnected");
        var unknown = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal((DeviceFault.Unreachable, DeviceFault.Unreachable), (missed.Fault, unknown.Fault));
        Assert.Contains("does not respond", missed.Words, StringComparison.Ordinal);
        Assert.StartsWith(HostFaults.NotKnown, unknown.Words, StringComparison.Ordinal);

        void Says(string state) =>
            stand.Front.Rule(async c =>
                c.Method == "RetrievePropertiesEx"
                    ? (await c.AskAsync()).Replace(">connected<", $">{state}<", StringComparison.Ordinal)
                    : null
            );
    }

    [Fact]
    public async Task States_VCenterIsGone_SayNothingOfItsHosts()
    {
        var stand = await StandAsync(false);
        var host = stand.Device(Own);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await stand.Front.DisposeAsync();

        var gone = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(DeviceFault.Unreachable, gone.Fault);
        Assert.StartsWith(HostFaults.NotKnown, gone.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_GuestsOff_IsForcedAndArrives()
    {
        var stand = await StandAsync(true, "-vms", "1");
        var host = stand.Device(Own);
        var guest = Assert.Single((await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Guests).ExternalId;
        Assert.True((await GuestAsync(host, guest, GuestVerb.Shutdown)).Ok);

        var told = await HostAsync(host);
        await stand.Server.EndedAsync(Ct);

        Assert.True(told.Ok, told.Words);
    }

    [Fact]
    public async Task Shutdown_LinkDiesWithTheHost_IsAccepted()
    {
        var stand = await StandAsync(true, "-vms", "0");
        stand.Front.Rule(async c =>
        {
            if (c.Method != "ShutdownHost_Task")
                return null;
            await stand.Server.KillAsync();
            throw new IOException("The host is gone.");
        });

        Assert.True((await HostAsync(stand.Device(Own))).Ok);
    }

    [Fact]
    public async Task Maintenance_EnteredByAPlan_LetsTheHostDownUnforcedAndIsUndone()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var host = stand.Device(Own);
        var guest = Assert.Single((await OkAsync(ct => Driver.GetStatesAsync(host, ct))).Guests).ExternalId;

        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: true, ct));
        Assert.False(await InMaintenanceAsync(stand));
        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        Assert.True(await InMaintenanceAsync(stand));

        // A start takes out of it what we brought into it.
        await GuestAsync(host, guest, GuestVerb.ForceOff);
        Assert.True((await GuestAsync(host, guest, GuestVerb.Start)).Ok);
        Assert.False(await InMaintenanceAsync(stand));
        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        await OkAsync(ct => Done(Driver.UndoAsync(host, "maintenance", ct)));
        await OkAsync(ct => Done(Driver.UndoAsync(host, "maintenance", ct)));
        Assert.False(await InMaintenanceAsync(stand));

        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        Assert.True((await HostAsync(host)).Ok);
        var unknown = await CallAsync(ct => Done(Driver.UndoAsync(host, "haDisarmed", ct)));
        Assert.Equal(DeviceFault.Unsupported, unknown.Fault);
    }

    [Fact]
    public async Task Maintenance_ByAPerson_IsToldAndNotTouched()
    {
        var stand = await StandAsync(true, "-vms", "1");
        var host = stand.Device(Own);
        var ref_ = (await stand.HostsAsync())[0].Ref;
        await stand.Session.WaitAsync(
            await stand.Session.EnterMaintenanceAsync(ref_, TimeSpan.FromSeconds(5), Ct),
            TimeSpan.FromSeconds(5),
            Ct
        );

        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        await GuestAsync(host, seen.Guests[0].ExternalId, GuestVerb.Start);

        Assert.Contains("maintenance", seen.NotReady, StringComparison.Ordinal);
        Assert.True(await InMaintenanceAsync(stand));
    }

    [Fact]
    public async Task TwentyHosts_OfOneVCenter_ShareOneLogin()
    {
        var stand = await StandAsync(false, "-hosts", "20", "-vms", "500");
        var names = (await stand.HostsAsync()).Select(h => h.Text("name")!).ToList(); // not null: every host has one

        var all = await Task.WhenAll(
            names.Select((n, i) => CallAsync(ct => Driver.DiscoverAsync(stand.Device(Own, n, id: i), ct)))
        );

        Assert.All(all, a => Assert.True(a.Ok, a.Words));
        Assert.Equal(500, all.Sum(a => a.Value!.Guests.Count)); // not null: ok
        Assert.Equal(1, stand.Front.Calls("Login"));
    }

    private static async Task<bool> InMaintenanceAsync(VSphereStand stand) =>
        (await stand.HostsAsync())[0].Flag("runtime.inMaintenanceMode");

    private static Task<VimElement> MarkAsTemplateAsync(VSphereStand stand, VimRef vm) =>
        stand.Session.CallAsync("MarkAsTemplate", _ => vm, null, Ct);
}
