using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols.Proxmox;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Tests.Proxmox;

/// <summary>The client against the stand-in, over real HTTPS with a pinned certificate.</summary>
public sealed class ProxmoxClientTests : IAsyncLifetime
{
    private static readonly ProxmoxLogin ByToken = new(
        ProxmoxProduct.VirtualEnvironment,
        FakeCluster.TokenId,
        FakeCluster.Secret
    );
    private static readonly ProxmoxLogin ByPassword = new(
        ProxmoxProduct.VirtualEnvironment,
        UserName: FakeCluster.User,
        Password: FakeCluster.Password
    );
    private readonly List<IDisposable> _opened = [];
    private FakeCluster _lab = null!; // made in InitializeAsync

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await FakeCluster.StartAsync("pve1", "pve2");
        _lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        _lab.Add(
            new FakeGuest
            {
                Id = 200,
                Name = "dns",
                Node = "pve1",
                Kind = "lxc",
            }
        );
        _lab.Add(
            new FakeGuest
            {
                Id = 102,
                Name = "far",
                Node = "pve2",
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            opened.Dispose();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task Token_Reads()
    {
        var api = Api(ByToken);
        Assert.Equal("9.2.1", await api.VersionAsync(Ct));
        var cluster = await api.ClusterAsync(Ct);
        Assert.Equal(
            ("lab", true, "pve1", 2),
            (cluster.Name, cluster.Quorate, cluster.Local?.Name, cluster.Nodes.Count)
        );
        Assert.Equal([100, 102, 200], (await api.GuestsAsync(Ct)).Select(g => g.Id).Order());
        Assert.Equal([100, 200], (await api.GuestsOfAsync("pve1", false, Ct)).Select(g => g.Id));
        Assert.Equal(_lab.Authority, await api.IdentityAsync("pve1", Ct));
        Assert.Equal(["bc:24:11:00:00:01"], await api.MacsAsync(new("pve1", "qemu", 100), Ct));
        Assert.True((await api.PermissionsAsync(null, Ct)).May("VM.PowerMgmt", "/vms/100"));
    }

    [Fact]
    public async Task Password_WritesWithTicketAndLogsInAgain()
    {
        var api = Api(ByPassword);
        var guest = new ProxmoxPlace("pve1", "qemu", 100);
        var task = await api.GuestAsync(guest, "shutdown", new Dictionary<string, string> { ["timeout"] = "5" }, Ct);
        Assert.True((await api.WaitAsync(task, TimeSpan.FromSeconds(5), Ct)).Succeeded);
        _lab.Accounts.ForgetTickets();
        Assert.Equal("stopped", (await api.CurrentAsync(guest, Ct)).Status);
    }

    [Fact]
    public async Task Task_OfAnotherNode_IsAwaitedThroughThisOne()
    {
        var api = Api(ByToken);
        var task = await api.GuestAsync(new("pve2", "qemu", 102), "stop", new Dictionary<string, string>(), Ct);
        Assert.Equal("pve2", task.Node);
        Assert.Equal("OK", (await api.WaitAsync(task, TimeSpan.FromSeconds(5), Ct)).Exit);
        Assert.False(_lab.Guests[102].Running);
    }

    [Fact]
    public async Task Task_OfUnheedingGuest_TellsTheTimeout()
    {
        _lab.Guests[100].ShutdownTakes = null;
        var api = Api(ByToken);
        var fields = new Dictionary<string, string> { ["timeout"] = "1" };
        var task = await api.GuestAsync(new("pve1", "qemu", 100), "shutdown", fields, Ct);
        Assert.True((await api.WaitAsync(task, TimeSpan.Zero, Ct)).Running);
        var ended = await api.WaitAsync(task, TimeSpan.FromSeconds(5), Ct);
        Assert.Equal((false, "VM quit/powerdown failed - got timeout"), (ended.Succeeded, ended.Exit));
    }

    [Fact]
    public async Task WrongSecrets_AreTold()
    {
        var token = await RefusedAsync(ByToken with { TokenSecret = "wrong" });
        Assert.Equal((DeviceFault.AuthenticationFailed, "invalid token value!"), (token.Fault, token.Message));
        var password = await RefusedAsync(ByPassword with { Password = "wrong" });
        Assert.Equal((DeviceFault.AuthenticationFailed, "authentication failure"), (password.Fault, password.Message));
        var none = await RefusedAsync(new ProxmoxLogin(ProxmoxProduct.VirtualEnvironment));
        Assert.Equal(DeviceFault.AuthenticationFailed, none.Fault);
        var lines = await RefusedAsync(ByToken with { TokenSecret = "a\r\nX: y" });
        Assert.Equal(DeviceFault.AuthenticationFailed, lines.Fault);
    }

    [Fact]
    public async Task WrongPassword_IsNotTriedWithEveryQuestion()
    {
        var api = Api(ByPassword with { Password = "wrong" });
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<ProxmoxException>(() => api.VersionAsync(Ct));
        Assert.Equal(1, _lab.Requests);
    }

    [Fact]
    public async Task NodeThatIsOff_AskedThroughAnother_IsNoSilence()
    {
        await _lab.PowerOffAsync("pve2");
        var error = await Assert.ThrowsAsync<ProxmoxException>(() => Api(ByToken).GuestsOfAsync("pve2", false, Ct));
        Assert.Equal((595, DeviceFault.Refused, "No route to host"), (error.Status, error.Fault, error.Message));
    }

    [Fact]
    public async Task NodeThatIsOff_AskedItself_IsUnreachable()
    {
        var api = Api(ByToken);
        await api.VersionAsync(Ct);
        await _lab.PowerOffAsync("pve1");
        var error = await Assert.ThrowsAnyAsync<DeviceException>(() => api.VersionAsync(Ct));
        Assert.Equal(DeviceFault.Unreachable, error.Fault);
    }

    [Fact]
    public async Task AnotherCertificate_IsRefused()
    {
        var door = _lab.Node("pve1").Door;
        var api = Api(ByToken, Fingerprints.Of(door.Certificate));
        await api.VersionAsync(Ct);
        await door.RecertifyAsync();
        var error = await Assert.ThrowsAnyAsync<DeviceException>(() => api.VersionAsync(Ct));
        Assert.Equal(DeviceFault.TrustChanged, error.Fault);
    }

    [Fact]
    public async Task BackupServer_ByToken_ShutsDown()
    {
        await using var server = new FakeBackupServer();
        await server.Door.OpenAsync();
        var login = new ProxmoxLogin(ProxmoxProduct.BackupServer, FakeBackupServer.TokenId, FakeBackupServer.Secret);
        var api = Api(login, door: server.Door);
        Assert.Equal("4.0", await api.VersionAsync(Ct));
        Assert.True((await api.PermissionsAsync(null, Ct)).May("Sys.PowerManagement", "/system/status"));
        await api.NodeAsync("localhost", "shutdown", Ct);
        Assert.Equal(["shutdown"], server.Commands);
        var wrong = Api(login with { TokenSecret = "wrong" }, door: server.Door);
        await Assert.ThrowsAnyAsync<DeviceException>(() => wrong.VersionAsync(Ct));
    }

    private async Task<DeviceException> RefusedAsync(ProxmoxLogin login) =>
        await Assert.ThrowsAnyAsync<DeviceException>(() => Api(login).VersionAsync(Ct));

    private ProxmoxApi Api(ProxmoxLogin login, string? fingerprint = null, HttpsDoor? door = null)
    {
        var url = (door ?? _lab.Node("pve1").Door).BaseUrl;
        var http = new PinnedHttp(new HttpEndpoint(new Uri(url), fingerprint), HttpLimits.Default, TimeProvider.System);
        var client = new ProxmoxClient(http.Client, login, TimeProvider.System);
        _opened.AddRange([client, http]);
        return new ProxmoxApi(client, TimeProvider.System);
    }
}
