using System.Net;
using System.Text.RegularExpressions;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Protocols.Tests.VSphere;

/// <summary>What real servers do and the simulator does not, put between it and the client.</summary>
public sealed partial class VimFaultTests(VSphereLab lab) : VSphereTest(lab)
{
    [Theory]
    [InlineData("ToolsUnavailable", DeviceFault.Refused)]
    [InlineData("TaskInProgress", DeviceFault.Refused)]
    [InlineData("RestrictedVersion", DeviceFault.Refused)]
    [InlineData("NoPermission", DeviceFault.AuthenticationFailed)]
    [InlineData("MethodNotFound", DeviceFault.Unsupported)]
    public async Task Fault_OfTheServer_KeepsItsTypeAndWords(string type, DeviceFault kind)
    {
        await using var server = await Lab.EsxiAsync();
        var (session, front) = Behind(server);
        front.Faults(
            "ShutdownGuest",
            type,
            "Somebody\n said so.",
            "<privilegeId>VirtualMachine.Interact.PowerOff</privilegeId>"
        );

        var fault = await Assert.ThrowsAsync<VimFault>(() =>
            session.ShutdownGuestAsync(new("VirtualMachine", "vm-9"), Ct)
        );

        Assert.Equal((kind, type), (fault.Fault, fault.Name));
        Assert.StartsWith("Somebody said so.", fault.Message, StringComparison.Ordinal);
        Assert.Equal("VirtualMachine.Interact.PowerOff", fault.PrivilegeId);
    }

    [Fact]
    public async Task Session_ForgottenByTheServer_IsMadeAnewOnce()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);
        front.On("CurrentTime", async (n, ask) => n == 1 ? Front.Fault("NotAuthenticated") : await ask());

        Assert.NotNull(await session.CurrentTimeAsync(Ct));

        Assert.Equal((2, 2), (front.Calls("Login"), front.Calls("CurrentTime")));
    }

    [Fact]
    public async Task Session_NeverGood_EndsAsAFaultOfLogin()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);
        front.Faults("CurrentTime", "NotAuthenticated", "The session is not authenticated.");

        var fault = await Assert.ThrowsAsync<VimFault>(() => session.CurrentTimeAsync(Ct));

        Assert.Equal((DeviceFault.AuthenticationFailed, 2), (fault.Fault, front.Calls("Login")));
    }

    [Fact]
    public async Task Session_DeadForManyAtOnce_LogsInOnce()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);
        await session.ContentAsync(Ct);
        front.On("CurrentTime", async (n, ask) => n <= 4 ? Front.Fault("NotAuthenticated") : await ask());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => session.CurrentTimeAsync(Ct)));

        Assert.Equal(2, front.Calls("Login"));
    }

    [Fact]
    public async Task Properties_UnreadableForWantOfALogin_AreReadAfterANewOne()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);
        var vm = (await VmsAsync(session)).Values.First().Ref;
        // The simulator's own answer to a question without a session.
        front.On(
            "RetrievePropertiesEx",
            async (n, ask) =>
                n > 2
                    ? await ask()
                    : Front.Answer(
                        "RetrievePropertiesEx",
                        $"<returnval><objects><obj type=\"VirtualMachine\">{vm.Id}</obj><missingSet><path>name</path><fault>"
                            + "<fault xsi:type=\"NotAuthenticated\"/><localizedMessage>who?</localizedMessage></fault>"
                            + "</missingSet></objects></returnval>"
                    )
        );

        Assert.NotNull(await PowerAsync(session, vm));

        Assert.Equal(2, front.Calls("Login"));
    }

    [Fact]
    public async Task Listing_InPages_IsReadToTheEnd()
    {
        await using var server = await Lab.VCenterAsync("-vms", "5");
        var (session, front) = Behind(server, VimLimits.Default with { PageObjects = 2 });
        var rest = new Queue<string>();
        front.On(
            "RetrievePropertiesEx",
            async (_, ask) =>
            {
                var whole = await ask();
                foreach (var one in Objects().Matches(whole).Select(m => m.Value).Chunk(2))
                    rest.Enqueue(string.Concat(one));
                return Page("RetrievePropertiesEx");
            }
        );
        front.On("ContinueRetrievePropertiesEx", (_, _) => Task.FromResult(Page("ContinueRetrievePropertiesEx")));

        var vms = await VmsAsync(session);

        Assert.Equal(5, vms.Count);
        Assert.Equal(2, front.Calls("ContinueRetrievePropertiesEx"));
        Assert.Contains(front.Seen, s => s.Contains("<maxObjects>2</maxObjects>", StringComparison.Ordinal));
        Assert.Contains(front.Seen, s => s.Contains("<token>t&amp;1</token>", StringComparison.Ordinal));

        string Page(string method)
        {
            var objects = rest.Dequeue();
            var token = rest.Count > 0 ? "<token>t&amp;1</token>" : "";
            return Front.Answer(method, $"<returnval>{token}{objects}</returnval>");
        }
    }

    [Fact]
    public async Task Listing_PagesWithoutEnd_IsRefused()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server, VimLimits.Default with { Objects = 100 });
        const string page =
            "<returnval><token>1</token><objects><obj type=\"VirtualMachine\">vm-1</obj></objects></returnval>";
        front.On("RetrievePropertiesEx", (_, _) => Task.FromResult(Front.Answer("RetrievePropertiesEx", page)));
        front.On(
            "ContinueRetrievePropertiesEx",
            (_, _) => Task.FromResult(Front.Answer("ContinueRetrievePropertiesEx", page))
        );

        var fault = await Assert.ThrowsAsync<DeviceException>(() => VmsAsync(session));

        Assert.Equal(DeviceFault.ProtocolError, fault.Fault);
        Assert.InRange(front.Calls("ContinueRetrievePropertiesEx"), 90, 110);
    }

    [Fact]
    public async Task Task_ThatHangs_IsLeftRunning()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);
        var vm = (await VmsAsync(session)).Values.First().Ref;
        front.On("RetrievePropertiesEx", async (_, ask) => (await ask()).Replace(">success<", ">running<"));

        var task = await session.PowerOffAsync(vm, Ct);

        Assert.Equal(VimTaskState.Running, await session.WaitAsync(task, TimeSpan.FromMilliseconds(300), Ct));
    }

    [Fact]
    public async Task Task_ForgottenByTheServer_IsGone()
    {
        await using var server = await Lab.VCenterAsync();
        var state = await Open(server).WaitAsync(new("Task", "task-4711"), TimeSpan.FromSeconds(1), Ct);
        Assert.Equal(VimTaskState.Gone, state);
    }

    [Fact]
    public async Task Call_WithoutAnswer_EndsAtItsLimitAsSent()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server, VimLimits.Default with { Call = TimeSpan.FromSeconds(3) });
        await session.ContentAsync(Ct);
        front.On(
            "CurrentTime",
            (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Ct).ContinueWith(_ => "", Ct)
        );

        var fault = await Assert.ThrowsAsync<HttpDeviceException>(() => session.CurrentTimeAsync(Ct));

        Assert.Equal((DeviceFault.Timeout, true), (fault.Fault, fault.Sent));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, DeviceFault.Refused)]
    [InlineData(HttpStatusCode.NotFound, DeviceFault.ProtocolError)]
    [InlineData(HttpStatusCode.Forbidden, DeviceFault.AuthenticationFailed)]
    [InlineData(HttpStatusCode.InternalServerError, DeviceFault.Refused)]
    [InlineData(HttpStatusCode.Redirect, DeviceFault.ProtocolError)]
    public async Task Answer_ThatIsNoSoap_IsAFaultOfItsStatus(HttpStatusCode status, DeviceFault kind)
    {
        using var http = new HttpClient(new Fixed(status));
        using var session = new VimSession(
            http,
            VimEndpoint.Of("https://v.test/", "u", "p"),
            VimLimits.Default,
            TimeProvider.System
        );

        var fault = await Assert.ThrowsAsync<DeviceException>(() => session.ContentAsync(Ct));

        Assert.Equal(kind, fault.Fault);
        Assert.Contains($"{(int)status}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_ThatXmlCannotCarry_IsRefusedWithoutBeingTold()
    {
        await using var server = await Lab.EsxiAsync();
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            Open(server, server.Endpoint with { Password = "can\u0001ary" }).ContentAsync(Ct)
        );
        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.DoesNotContain("ary", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Privileges_ServerDoesNotKnowTheQuestion_AreToldByRoles()
    {
        await using var server = await Lab.EsxiAsync();
        var (session, front) = Behind(server);
        front.Faults("HasPrivilegeOnEntities", "NotSupported");
        front.On(
            "RetrievePropertiesEx",
            async (_, ask) => (await ask()).Replace("<privilege>Host.Config.Power</privilege>", "")
        );
        var host = (await session.ReadAllAsync("HostSystem", ["name"], Ct))[0].Ref;

        var lacks = await session.LacksAsync([host], ["Host.Config.Power", "Host.Config.Maintenance"], Ct);

        Assert.Equal("Host.Config.Power", Assert.Single(lacks).Key);
    }

    [GeneratedRegex("<objects.*?</objects>", RegexOptions.Singleline)]
    private static partial Regex Objects();

    private sealed class Fixed(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent("<html>no</html>") });
    }
}
