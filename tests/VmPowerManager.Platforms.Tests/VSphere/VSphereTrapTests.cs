using System.Text.RegularExpressions;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>Answers that must not be taken for more than they say.</summary>
public sealed partial class VSphereTrapTests(VSphereStands stands) : VSphereTest(stands)
{
    [Fact]
    public async Task VCenterWithoutAName_IsRefusedAlsoWithOneHost()
    {
        var stand = await StandAsync(false, "-vms", "1");

        var unnamed = await CallAsync(ct => Driver.GetStatesAsync(stand.Device(Own, ""), ct));
        var check = (await ProbeAsync(stand.Device(Own, "")))["host"];
        var named = await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own), ct));

        Assert.Equal(DeviceFault.Refused, unnamed.Fault);
        Assert.Contains(VSphereStand.OnlyHost, unnamed.Words, StringComparison.Ordinal);
        Assert.Equal(HostCheckState.Failed, check.State);
        // It may have hosts that we may not see.
        Assert.False(named.WholeRealm);
    }

    [Fact]
    public async Task FullNames_ThatDiffer_AreTwoMachines()
    {
        var stand = await StandAsync(false, "-vms", "1");
        stand.Front.Rule(async c =>
            c.Method == "RetrievePropertiesEx"
                ? (await c.AskAsync()).Replace(">DC0_C0_H0<", ">esx1.a.lan<", StringComparison.Ordinal)
                : null
        );

        var other = await CallAsync(ct => Driver.GetStatesAsync(stand.Device(Own, "esx1.b.lan"), ct));
        await OkAsync(ct => Driver.GetStatesAsync(stand.Device(Own, "esx1", id: 2), ct));

        Assert.Equal(DeviceFault.Refused, other.Fault);
        Assert.Contains("no host esx1.b.lan", other.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatMovedToAnotherMachine_IsRefused()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var host = stand.Device(Own);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        var was = await stand.HardwareAsync();
        var once = 0;
        stand.Front.Rule(async c =>
            c.Method != "RetrievePropertiesEx" ? null
            : once++ == 0 ? VSphereFront.Fault("ManagedObjectNotFound")
            : (await c.AskAsync()).Replace(was, "4c4c4544-0000-4000-8000-00000000dead", StringComparison.Ordinal)
        );

        var told = await CallAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("another machine", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostsWithDifferentPasswords_KeepTheirLogins()
    {
        var stand = await StandAsync(false, "-hosts", "1", "-vms", "1");
        var right = stand.Device(Own);
        var wrong = stand.Device(new() { WrongSecret = true }, id: 2);

        for (var i = 0; i < 3; i++)
        {
            await OkAsync(ct => Driver.GetStatesAsync(right, ct));
            var refused = await CallAsync(ct => Driver.GetStatesAsync(wrong, ct));
            Assert.Equal(DeviceFault.AuthenticationFailed, refused.Fault);
        }

        // One that was let in, one that was not and is not tried again.
        Assert.Equal(2, stand.Front.Calls("Login"));
    }

    [Fact]
    public async Task Insisting_IsForTheGuestsThatWereNamed()
    {
        var (stand, host, ids) = await TwoAsync();
        await GuestAsync(host, ids[1], GuestVerb.ForceOff);
        var first = await HostAsync(host);
        await GuestAsync(host, ids[1], GuestVerb.Start);

        var second = await HostAsync(host);
        Assert.Equal((DeviceFault.Refused, DeviceFault.Refused), (first.Fault, second.Fault));
        Assert.Equal(0, stand.Front.Calls("ShutdownHost_Task"));

        Assert.True((await HostAsync(host)).Ok);
    }

    [Fact]
    public async Task GuestsOfUnknownState_AreNotTakenForOff()
    {
        var (stand, host, ids) = await TwoAsync();
        foreach (var id in ids)
            await GuestAsync(host, id, GuestVerb.ForceOff);
        stand.Front.Rule(async c =>
            c.Method == "RetrievePropertiesEx"
                ? (await c.AskAsync()).Replace(">poweredOff<", ">whatever<", StringComparison.Ordinal)
                : null
        );

        Assert.Equal(DeviceFault.Refused, (await HostAsync(host)).Fault);
        Assert.Equal(0, stand.Front.Calls("ShutdownHost_Task"));
    }

    [Fact]
    public async Task HostThatCannotList_GoesDownWhenItIsInsisted()
    {
        var (stand, host, _) = await TwoAsync();
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        stand.Front.Answer(c =>
            c.Method == "RetrievePropertiesEx" && c.Body.Contains("toolsRunningStatus", StringComparison.Ordinal)
                ? VSphereFront.Fault("RuntimeFault", "out of memory")
                : null
        );

        var first = await HostAsync(host);
        var second = await HostAsync(host);

        Assert.Equal(DeviceFault.Refused, first.Fault);
        Assert.Contains("cannot list its guests", first.Words, StringComparison.Ordinal);
        Assert.True(second.Ok, second.Words);
        Assert.Equal(1, stand.Front.Calls("ShutdownHost_Task"));
    }

    [Fact]
    public async Task GuestWithoutItsConfiguration_KeepsItsIdentity_WithoutAnyTheListIsNotWhole()
    {
        var (stand, host, ids) = await TwoAsync();
        stand.Front.Rule(Without(OfConfig()));
        var known = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        stand.Front.Rule(Without(OfBoth()));
        var nameless = await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(
            ids.Order(StringComparer.Ordinal),
            known.Guests.Select(g => g.ExternalId).Order(StringComparer.Ordinal)
        );
        Assert.Null(known.WholeRealm);
        Assert.False(nameless.WholeRealm);

        static Func<FrontCall, Task<string?>> Without(Regex what) =>
            async c => c.Method == "RetrievePropertiesEx" ? what.Replace(await c.AskAsync(), "") : null;
    }

    [Fact]
    public async Task MaintenanceThatIsGivenUp_IsCalledOff()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var host = stand.Device(Own);
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        stand.Front.Answer(c =>
            c switch
            {
                { Method: "EnterMaintenanceMode_Task" } => VSphereFront.Response(
                    c.Method,
                    "<returnval type=\"Task\">task-hung</returnval>"
                ),
                { Method: "RetrievePropertiesEx", Body: var body }
                    when body.Contains("task-hung", StringComparison.Ordinal) => VSphereFront.Response(
                    c.Method,
                    "<returnval><objects><obj type=\"Task\">task-hung</obj><propSet><name>info.state</name>"
                        + "<val>running</val></propSet></objects></returnval>"
                ),
                _ => null,
            }
        );

        var told = await CallAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct), 2);

        Assert.False(told.Ok);
        await Soon.BecomesTrueAsync(() => Task.FromResult(stand.Front.Calls("CancelTask") == 1), "it is called off");
    }

    [Fact]
    public async Task Maintenance_OfAPerson_IsSoBefore_OursIsNot()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var host = stand.Device(Own);
        Assert.False(await OkAsync(ct => Driver.IsPreparedAsync(host, "maintenance", ct)));
        await OkAsync(ct => Driver.PrepareAsync(host, "maintenance", rehearse: false, ct));
        Assert.False(await OkAsync(ct => Driver.IsPreparedAsync(host, "maintenance", ct)));

        await using var anew = new Drivers();
        Assert.True(await OkAsync(ct => anew.Of("vsphere").IsPreparedAsync(host, "maintenance", ct)));
    }

    [Fact]
    public async Task LoginWhoseCallerWent_IsTheNextOnes()
    {
        var stand = await StandAsync(true, "-vms", "1");
        var host = stand.Device(Own);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stand.Front.Rule(async c =>
        {
            if (c.Method == "Login")
                await held.Task;
            return null;
        });

        var left = await CallAsync(ct => Driver.GetStatesAsync(host, ct), 1.5);
        held.SetResult();
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.False(left.Ok);
        Assert.Equal(1, stand.Front.Calls("Login"));
    }

    [Fact]
    public async Task Drivers_ThatEnd_LogOut()
    {
        var stand = await StandAsync(true, "-vms", "1");
        var drivers = new Drivers();
        await OkAsync(ct => drivers.Of("vsphere").GetStatesAsync(stand.Device(Own), ct));

        await drivers.DisposeAsync();

        Assert.Equal(1, stand.Front.Calls("Logout"));
    }

    private async Task<(VSphereStand Stand, HostDevice Host, List<string> Ids)> TwoAsync()
    {
        var stand = await StandAsync(true, "-vms", "2");
        return (stand, stand.Device(Own), [.. (await stand.VmsAsync()).Values.Select(IdOf)]);
    }

    [GeneratedRegex("<propSet><name>config.instanceUuid</name>.*?</propSet>", RegexOptions.Singleline)]
    private static partial Regex OfConfig();

    [GeneratedRegex("<propSet><name>(summary.)?config.instanceUuid</name>.*?</propSet>", RegexOptions.Singleline)]
    private static partial Regex OfBoth();
}
