using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Lab.Redfish;
using VmPowerManager.Protocols.Redfish;
using static VmPowerManager.Protocols.Tests.Redfish.RedfishClientTests;

namespace VmPowerManager.Protocols.Tests.Redfish;

/// <summary>Logins, lost sessions, wrong answers.</summary>
public sealed class RedfishFaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoSessions_BasicIsUsed()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.HasSessions = false;
        await using var client = Client(bmc);

        await client.ResetAsync(await client.SystemAsync(null, Ct), RedfishVerb.HardOff, Ct);

        Assert.Equal("Basic authentication", client.LoggedInBy);
        Assert.Equal(["ForceOff"], bmc.System.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongPassword_IsToldApart_AndNotRepeated(bool sessions)
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.HasSessions = sessions;
        await using var client = new RedfishClient(
            EndpointOf(bmc) with
            {
                Password = "wrong-canary",
            },
            TimeProvider.System
        );

        var e = await Failed(client);

        Assert.Equal(DeviceFault.AuthenticationFailed, e.Fault);
        Assert.Contains("does not accept oper: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadOnlyUser_IsRefusedInTheControllersWords()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using var client = Client(bmc, "look");
        var system = await client.SystemAsync(null, Ct);

        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => client.ResetAsync(system, RedfishVerb.HardOff, Ct));

        Assert.Equal(DeviceFault.Refused, e.Fault);
        Assert.EndsWith("There are insufficient privileges for the account.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LostSession_IsBegunAnew_AndEndedAtTheEnd()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using (var client = Client(bmc))
        {
            var system = await client.SystemAsync(null, Ct);
            bmc.LoseSessions();

            await client.ResetAsync(system, RedfishVerb.HardOff, Ct);

            Assert.Equal(["ForceOff"], bmc.System.Told);
            Assert.Single(bmc.OpenSessions);
        }
        Assert.Empty(bmc.OpenSessions);
    }

    [Fact]
    public async Task Pool_KeepsOneSession_AndEndsItWhenIdle()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        var time = new FakeTimeProvider();
        await using var pool = new RedfishPool(time);
        for (var i = 0; i < 5; i++)
            await pool.RunAsync(EndpointOf(bmc), c => c.SystemAsync(null, Ct));
        Assert.Single(bmc.OpenSessions);

        time.Advance(TimeSpan.FromMinutes(5));

        for (var i = 0; i < 200 && bmc.OpenSessions.Count > 0; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        Assert.Empty(bmc.OpenSessions);
        await pool.RunAsync(EndpointOf(bmc), c => c.SystemAsync(null, Ct));
    }

    [Fact]
    public async Task AnotherCertificate_IsRefused_BeforeThePasswordIsSent()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using var client = Client(bmc, pinned: $"SHA256:{new string('A', 43)}");

        Assert.Equal(DeviceFault.TrustChanged, (await Failed(client)).Fault);

        Assert.Empty(bmc.Requests);
        Assert.StartsWith("SHA256:", client.Seen, StringComparison.Ordinal);
    }

    /// <summary>F8: a probe found it; when it is needed the name server is down.</summary>
    [Fact]
    public async Task NameFails_TheAddressThatAProbeFoundServes()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        var named = EndpointOf(bmc) with { Host = "bmc1.invalid" };
        await using var probe = new RedfishClient(EndpointOf(bmc), TimeProvider.System);
        await probe.SystemAsync(null, Ct);
        await using var pool = new RedfishPool(TimeProvider.System);
        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => pool.RunAsync(named, c => c.SystemAsync(null, Ct)));
        Assert.StartsWith("name not resolved", e.Message, StringComparison.Ordinal);

        pool.Remember(named, probe);

        Assert.Equal("System.Embedded.1", (await pool.RunAsync(named, c => c.SystemAsync(null, Ct))).Id);
    }

    [Fact]
    public async Task NobodyThere_IsUnreachable()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        var gone = EndpointOf(bmc);
        await bmc.DisposeAsync();
        await using var client = new RedfishClient(gone, TimeProvider.System);

        Assert.Equal(DeviceFault.Unreachable, (await Failed(client)).Fault);
    }

    [Fact]
    public async Task SilentAfterTheConnection_EndsByTheCallersPatience()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.Frozen = true;
        await using var client = Client(bmc);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SystemAsync(null, patience.Token));
    }

    [Theory]
    [InlineData("/redfish/v1", "<html>Login</html>", DeviceFault.ProtocolError)]
    [InlineData("/redfish/v1", "[]", DeviceFault.ProtocolError)]
    [InlineData("/redfish/v1", "{}", DeviceFault.Unsupported)]
    [InlineData("/redfish/v1/Systems", """{"Members":[]}""", DeviceFault.Refused)]
    [InlineData("/redfish/v1/Systems", """{"Members":[{"@odata.id":"//evil.example/x"}]}""", DeviceFault.Refused)]
    [InlineData("/redfish/v1/Systems", """{"Members":[{"@odata.id":7},{"@odata.id":"/x"}]}""", DeviceFault.Unsupported)]
    public async Task WrongAnswers_AreTyped(string path, string answer, DeviceFault fault)
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.Instead = asked => asked == path ? answer : null;
        await using var client = Client(bmc);

        Assert.Equal(fault, (await Failed(client)).Fault);
    }

    [Fact]
    public async Task EndlessAnswer_IsBounded()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.Instead = _ => new string('x', 3 << 20);
        await using var client = Client(bmc);

        Assert.Equal(DeviceFault.ProtocolError, (await Failed(client)).Fault);
    }

    /// <summary>A resource with pieces cut out, doubled and exchanged.</summary>
    [Fact]
    public void Resources_OfAnyBytes_AreReadOrRefused()
    {
        const string system = """
            {"Id":"1","PowerState":"On","Members":[{"@odata.id":"/a"}],"Parameters":[{"Name":"ResetType","AllowableValues":["On"]}],
            "Actions":{"#ComputerSystem.Reset":{"target":"/t","ResetType@Redfish.AllowableValues":["On",1,null,"\ud800"]}},
            "error":{"message":"m","@Message.ExtendedInfo":[{"Message":"a"},3]}}
            """;
        Gen.Select(Gen.Int[0, system.Length - 1], Gen.Int[0, 40], Gen.String[0, 8])
            .Array[0, 3]
            .Sample(
                cuts =>
                {
                    var text = cuts.Aggregate(
                        system,
                        (t, c) =>
                            c.Item1 >= t.Length
                                ? t
                                : t[..c.Item1] + c.Item3 + t[Math.Min(t.Length, c.Item1 + c.Item2)..]
                    );
                    try
                    {
                        var json = RedfishJson.Parse("bmc", Encoding.UTF8.GetBytes(text));
                        RedfishJson.System("/x", json);
                        RedfishJson.Members(json);
                        RedfishJson.ResetTypes(json);
                        RedfishJson.Error(json);
                    }
                    catch (DeviceException e)
                    {
                        Assert.Equal(DeviceFault.ProtocolError, e.Fault);
                    }
                },
                iter: 20000
            );
    }

    private static Task<DeviceException> Failed(RedfishClient client) =>
        Assert.ThrowsAnyAsync<DeviceException>(() => client.SystemAsync(null, Ct));
}
