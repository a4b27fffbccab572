using System.Net;
using System.Net.Sockets;
using System.Text;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Bad input gets a problem document that names it; a failed test saves nothing; the process is unharmed.</summary>
public sealed class BadInputTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    [Fact]
    public async Task UpsTest_RightSettings_GivesReadingAndSavesNothing()
    {
        var answer = await Api.PostAsync("ups/test", UpsBody());
        Assert.Equal("OL", (string?)answer["reading"]?["status"]?[0]);
        await NothingSavedAsync();
    }

    [Fact]
    public async Task UpsTest_WrongPassword_NamesAccessDenied() =>
        await UpsRefusedAsync(Nut(password: "wrong"), "ACCESS-DENIED");

    [Fact]
    public async Task UpsTest_UnknownUpsName_NamesIt() =>
        await UpsRefusedAsync(Nut(upsName: "nosuch"), "nosuch", "UNKNOWN-UPS");

    [Fact]
    public async Task UpsTest_ClosedPort_NamesThePeer()
    {
        var port = AppProcess.FreePort();
        await UpsRefusedAsync(Nut(port: port), $"127.0.0.1:{port}");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    [InlineData("\0\u0001\u0002\n\n\n\"\\\"\n")]
    [InlineData("")]
    public async Task UpsTest_GarbageInsteadOfNut_SaysSo(string garbage)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, garbage);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await UpsRefusedAsync(Nut(port: port), "answer", "failedStep");
        listener.Stop();
        await served;
    }

    [Fact]
    public async Task HostTest_RightSettings_ShowsTheFingerprint()
    {
        var answer = await Api.PostAsync("hosts/test", HostBody("server1", "ssh"));
        Assert.True((bool?)answer["ok"]);
        Assert.StartsWith("SHA256:", (string?)answer["hostKeyFingerprint"], StringComparison.Ordinal);
        Assert.Empty(await Api.ListAsync("hosts"));
        Assert.Empty(Lab.Targets.PowerCommands());
    }

    [Fact]
    public async Task HostTest_OtherHostKeyThanPinned_NamesBoth()
    {
        var pinned = "SHA256:" + new string('A', 43);
        await HostRefusedAsync(Ssh(fingerprint: pinned), "SHA256:");
    }

    [Fact]
    public async Task HostTest_WrongPassword_NamesTheUser() => await HostRefusedAsync(Ssh(password: "wrong"), "lab");

    [Fact]
    public async Task HostTest_ClosedPort_NamesThePeer()
    {
        var port = AppProcess.FreePort();
        await HostRefusedAsync(Ssh(port: port), $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task SavedHost_WhoseKeyChanges_IsRefusedUntilApproved()
    {
        var id = await Api.CreateAsync("hosts", HostBody("server1", "ssh"));
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{id}/discover")).Ok(); // trusts on first use
        await Lab.Targets.ChangeHostKeyAsync();
        var answer = await Api.SendAsync(HttpMethod.Post, $"hosts/{id}/discover");
        Assert.Contains("SHA256:", answer.Problem(HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
    }

    private object Nut(string upsName = "ups1", string password = "monitorpass", int? port = null) =>
        new
        {
            name = "rack-a",
            driver = "nut",
            enabled = true,
            nut = new
            {
                host = "127.0.0.1",
                port = port ?? Lab.NutPort,
                upsName,
                userName = "monitor",
                password,
                tls = "off",
            },
        };

    private object Ssh(string password = "lab-password-12", int? port = null, string? fingerprint = null) =>
        new
        {
            name = "server1",
            platform = "ssh",
            role = "server",
            ssh = new
            {
                host = "127.0.0.1",
                port = port ?? Lab.SshPort,
                userName = "lab",
                password,
                hostKeyFingerprint = fingerprint,
            },
        };

    private async Task UpsRefusedAsync(object body, params string[] names)
    {
        var text = (await Api.SendAsync(HttpMethod.Post, "ups/test", body)).Problem(HttpStatusCode.UnprocessableEntity);
        Assert.All(names, n => Assert.Contains(n, text, StringComparison.Ordinal));
        await NothingSavedAsync();
    }

    private async Task HostRefusedAsync(object body, params string[] names)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, "hosts/test", body);
        var text = answer.Problem(HttpStatusCode.UnprocessableEntity);
        Assert.All(names, n => Assert.Contains(n, text, StringComparison.Ordinal));
        Assert.DoesNotContain("wrong", text, StringComparison.Ordinal);
        await NothingSavedAsync();
    }

    private async Task NothingSavedAsync()
    {
        Assert.Empty(await Api.ListAsync("ups"));
        Assert.Empty(await Api.ListAsync("hosts"));
        Assert.DoesNotContain("Unhandled exception", App.Log, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync(HttpMethod.Get, "/healthz/live")).Status);
    }

    /// <summary>Answers whatever comes with the same bytes, and keeps the connection; silent if there are none.</summary>
    private static async Task ServeAsync(TcpListener listener, string garbage)
    {
        var held = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(CancellationToken.None);
                held.Add(client);
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(garbage), CancellationToken.None);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or IOException or ObjectDisposedException)
        {
            held.ForEach(c => c.Dispose());
        }
    }
}
