using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>What real servers do to a request for a guest.</summary>
public sealed class VSphereGuestTests(VSphereStands stands) : VSphereTest(stands)
{
    [Fact]
    public async Task Shutdown_WithoutTools_IsRefusedInWordsSoThatTheLadderGoesOn()
    {
        var (stand, host, guest) = await OneAsync();
        stand.Front.Answer(c =>
            c.Method == "ShutdownGuest" ? VSphereFront.Fault("ToolsUnavailable", "Tools is not running.") : null
        );

        var told = await GuestAsync(host, guest, GuestVerb.Shutdown);

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("VMware Tools does not run", told.Words, StringComparison.Ordinal);
        Assert.True((await GuestAsync(host, guest, GuestVerb.Save)).Ok);
    }

    [Theory]
    [InlineData(GuestVerb.Shutdown)]
    [InlineData(GuestVerb.ForceOff)]
    [InlineData(GuestVerb.Save)]
    public async Task Stop_OfWhatIsOff_IsFine(GuestVerb verb)
    {
        var (_, host, guest) = await OneAsync();
        await GuestAsync(host, guest, GuestVerb.ForceOff);

        Assert.True((await GuestAsync(host, guest, verb)).Ok);
    }

    [Fact]
    public async Task Start_OfWhatRuns_IsFine()
    {
        var (_, host, guest) = await OneAsync();
        Assert.True((await GuestAsync(host, guest, GuestVerb.Start)).Ok);
        Assert.True((await GuestAsync(host, guest, GuestVerb.Reboot)).Ok);
    }

    [Fact]
    public async Task ForceOff_TaskHangs_IsAcceptedAndTheStatesTellTheTruth()
    {
        var (stand, host, guest) = await OneAsync();
        stand.Front.Rule(async c =>
            c switch
            {
                { Method: "PowerOffVM_Task" } => VSphereFront.Response(
                    c.Method,
                    "<returnval type=\"Task\">task-hung</returnval>"
                ),
                { Method: "RetrievePropertiesEx", Body: var body }
                    when body.Contains("task-hung", StringComparison.Ordinal) => VSphereFront.Response(
                    c.Method,
                    "<returnval><objects><obj type=\"Task\">task-hung</obj><propSet><name>info.state</name>"
                        + "<val>running</val></propSet></objects></returnval>"
                ),
                _ => await Task.FromResult<string?>(null),
            }
        );

        var told = await GuestAsync(host, guest, GuestVerb.ForceOff);

        Assert.True(told.Ok, told.Words);
        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        Assert.Equal(GuestState.Running, Assert.Single(seen.Guests).State);
    }

    [Fact]
    public async Task Session_EndedByTheServer_IsRenewedWithoutANote()
    {
        var (stand, host, guest) = await OneAsync();
        await OkAsync(ct => Driver.GetStatesAsync(host, ct));
        var once = 0;
        stand.Front.Answer(c =>
            c.Method == "ShutdownGuest" && once++ == 0 ? VSphereFront.Fault("NotAuthenticated") : null
        );

        Assert.True((await GuestAsync(host, guest, GuestVerb.Shutdown)).Ok);
        var seen = await OkAsync(ct => Driver.GetStatesAsync(host, ct));

        Assert.Equal(GuestState.Off, Assert.Single(seen.Guests).State);
    }

    [Fact]
    public async Task Start_RefusedAsATask_TellsItsWords()
    {
        var (stand, host, guest) = await OneAsync();
        stand.Front.Answer(c =>
            c.Method == "PowerOnVM_Task" ? VSphereFront.Fault("InsufficientResourcesFault", "Not enough memory.") : null
        );
        await GuestAsync(host, guest, GuestVerb.ForceOff);

        var told = await GuestAsync(host, guest, GuestVerb.Start);

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("Not enough memory.", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restricted_WithoutAShell_SaysWhatToDo()
    {
        var (stand, host, guest) = await OneAsync();
        stand.Front.Answer(c =>
            c.Method == "ShutdownGuest"
                ? VSphereFront.Fault("RestrictedVersion", "Current license prohibits it.")
                : null
        );

        var told = await GuestAsync(host, guest, GuestVerb.Shutdown);

        Assert.Equal(DeviceFault.Refused, told.Fault);
        Assert.Contains("set an SSH login", told.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_TellsWhatARunWouldMiss()
    {
        var (stand, host, _) = await OneAsync();
        var name = (await stand.VmsAsync()).Keys.Single();
        var slow = TimeProvider.System.GetUtcNow().AddMinutes(-7).UtcDateTime;
        stand.Front.Rule(async c =>
            c.Method switch
            {
                "CurrentTime" => VSphereFront.Response(c.Method, $"<returnval>{slow:O}</returnval>"),
                "HasPrivilegeOnEntities" => (await c.AskAsync()).Replace(
                    "VirtualMachine.Interact.Suspend</privId><isGranted>true",
                    "VirtualMachine.Interact.Suspend</privId><isGranted>false",
                    StringComparison.Ordinal
                ),
                "RetrievePropertiesEx" when c.Body.Contains("licenses", StringComparison.Ordinal) =>
                    VSphereFront.Response(
                        c.Method,
                        "<returnval><objects><obj type=\"LicenseManager\">ha-license-manager</obj><propSet><name>licenses</name>"
                            + "<val><LicenseManagerLicenseInfo><licenseKey>AAAAA-BBBBB</licenseKey><editionKey>esxBasic</editionKey>"
                            + "<name>VMware vSphere 8 Hypervisor</name></LicenseManagerLicenseInfo></val></propSet></objects></returnval>"
                    ),
                _ => null,
            }
        );

        var checks = await ProbeAsync(host);

        Assert.Equal(
            ["connect", "certificate", "login", "host", "guests", "privileges", "licence", "clock"],
            checks.Keys
        );
        Assert.Equal(
            (HostCheckState.Warning, HostCheckState.Failed),
            (checks["guests"].State, checks["privileges"].State)
        );
        Assert.Contains(name, checks["guests"].Detail, StringComparison.Ordinal);
        Assert.Contains(
            "VirtualMachine.Interact.Suspend on all guests",
            checks["privileges"].Detail,
            StringComparison.Ordinal
        );
        Assert.Equal((HostCheckState.Failed, HostCheckState.Warning), (checks["licence"].State, checks["clock"].State));
        Assert.Contains("420 s behind", checks["clock"].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(checks.Values, c => c.Detail.Contains("AAAAA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probe_VCenterIsAGuestOfTheHost_SaysWhatThatMeans()
    {
        var stand = await StandAsync(false, "-vms", "1");
        var vm = (await stand.VmsAsync()).Values.Single();
        stand.Front.Answer(c =>
            c.Method == "FindByIp"
                ? VSphereFront.Response(c.Method, $"<returnval type=\"VirtualMachine\">{vm.Ref.Id}</returnval>")
                : null
        );

        var check = (await ProbeAsync(stand.Device(Own)))["vcenter"];

        Assert.Equal(HostCheckState.Warning, check.State);
        Assert.Contains("itself", check.Detail, StringComparison.Ordinal);
    }

    private async Task<(VSphereStand Stand, HostDevice Host, string Guest)> OneAsync()
    {
        var stand = await StandAsync(true, "-vms", "1");
        return (stand, stand.Device(Own), IdOf((await stand.VmsAsync()).Values.Single()));
    }
}
