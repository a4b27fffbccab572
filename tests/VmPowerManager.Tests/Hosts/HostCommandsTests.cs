using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Hosts;

public sealed class HostCommandsTests : IAsyncLifetime
{
    private const string Pin = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;

    public HostCommandsTests() => _hosts = new HostsHarness(null, _driver);

    public async ValueTask InitializeAsync() => await _hosts.StartAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Create_GivesBackEverythingButSecrets()
    {
        var body = Parse(
            """
            {"name": "kvm1", "platform": "fake", "role": "storage", "runsManager": true,
             "supplies": [{"upsId": 1, "powerValue": 1}, {"upsId": 2, "powerValue": 1}], "minSupplies": 1,
             "maxParallelGuests": 5, "witness": "192.0.2.1:22", "offSilenceSeconds": 90,
             "ssh": {"host": "kvm1.lan", "port": 2222, "userName": "root", "password": "pw-secret", "privateKey": null,
                     "passphrase": null, "hostKeyFingerprint": null, "shutdownCommand": "poweroff", "libvirtUri": null},
             "wake": [{"method": "wol", "macAddress": "00:11:22:33:44:55", "host": null, "port": null, "userName": null, "password": null},
                      {"method": "ipmi", "host": "192.0.2.9", "userName": "admin", "password": "bmc-secret"}]}
            """
        );
        var id = await CreateAsync(body);
        var json = JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        var answer = JsonDocument.Parse(json).RootElement;
        Assert.Equal("storage", answer.GetProperty("role").GetString());
        Assert.Equal(2, answer.GetProperty("supplies").GetArrayLength());
        Assert.True(answer.GetProperty("ssh").GetProperty("hasPassword").GetBoolean());
        Assert.False(answer.GetProperty("ssh").GetProperty("hasPrivateKey").GetBoolean());
        Assert.False(answer.GetProperty("ssh").TryGetProperty("password", out _));
        Assert.True(answer.GetProperty("wake")[1].GetProperty("hasPassword").GetBoolean());

        // What a GET answered can be PUT back as it is.
        await UpdateAsync(id, Parse(json));
        Assert.Equal(
            Configuration(json),
            Configuration(JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options))
        );
        Assert.Equal("bmc-secret", Secret(id, "wake[1].password"));
    }

    [Fact]
    public async Task Update_SecretLeftOut_KeepsIt_EmptyClearsIt()
    {
        var id = await CreateAsync(Body("h1") with { Ssh = Ssh() with { PrivateKey = "key" } });
        await UpdateAsync(id, Body("h1") with { Ssh = Ssh() with { Password = null } });
        Assert.Equal(("pw", "key"), (Secret(id, "ssh.password"), Secret(id, "ssh.privateKey")));
        await UpdateAsync(id, Body("h1") with { Ssh = Ssh() with { Password = "" } });
        Assert.Equal((null, "key"), (Secret(id, "ssh.password"), Secret(id, "ssh.privateKey")));
    }

    [Theory]
    [InlineData("other.lan", 22, "root")]
    [InlineData("h.lan", 2222, "root")]
    [InlineData("h.lan", 22, "ann")]
    public async Task Update_AddressChanged_AsksForTheSecretAgain(string host, int port, string user)
    {
        var id = await CreateAsync(Body("h1"));
        var moved = Ssh() with { Host = host, Port = port, UserName = user, Password = null };
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            UpdateAsync(id, Body("h1") with { Ssh = moved })
        );
        Assert.Contains("again", refusal.Errors["ssh.password"][0], StringComparison.Ordinal);
        Assert.Equal("pw", Secret(id, "ssh.password"));
    }

    [Fact]
    public async Task Update_FingerprintLeftOut_KeepsThePin_NullTrustsAnew()
    {
        var id = await CreateAsync(Body("h1") with { Ssh = Ssh() with { HostKeyFingerprint = Pin } });
        await UpdateAsync(id, Body("h1"));
        Assert.Equal(Pin, _hosts.Queries.Host(id).Ssh?.HostKeyFingerprint);
        await UpdateAsync(id, Body("h1") with { Ssh = Ssh() with { HostKeyFingerprint = null } });
        Assert.Null(_hosts.Queries.Host(id).Ssh?.HostKeyFingerprint);
    }

    [Fact]
    public async Task Secrets_AreNotReadableInTheDatabase()
    {
        await CreateAsync(Body("h1") with { Ssh = Ssh() with { Password = "pw-secret" } });
        await using var db = await _hosts.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        var row = Assert.Single(await db.Set<HostRow>().ToListAsync());
        Assert.DoesNotContain("pw-secret", row.Settings + row.Secrets, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_NameTaken_OrSecondManager_Conflicts()
    {
        await CreateAsync(Body("h1") with { RunsManager = true });
        await Assert.ThrowsAsync<ConflictException>(() => CreateAsync(Body("H1")));
        var second = await Assert.ThrowsAsync<ConflictException>(() =>
            CreateAsync(Body("h2") with { RunsManager = true })
        );
        Assert.Contains("h1", second.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Viewer")]
    [InlineData("Operator")]
    public async Task Configuring_NeedsAdministrator(string role)
    {
        var actor = HostsHarness.As(role);
        await Assert.ThrowsAsync<ForbiddenException>(() => _hosts.Commands.CreateAsync(actor, Body("h1"), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => _hosts.Commands.UpdateAsync(actor, 1, Body("h1"), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => _hosts.Commands.DeleteAsync(actor, 1, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => _hosts.Commands.TestAsync(actor, Body("h1"), Ct));
    }

    [Fact]
    public async Task Delete_TakesHostAndGuests_UnlessInARun()
    {
        _driver.Set("h1", FakeDriver.Guest("a"));
        var id = await CreateAsync(Body("h1"));
        await _hosts.PowerCommands.DiscoverAsync(HostsHarness.Admin, id, Ct);
        _hosts.Owner.Name = "run 3";
        await Assert.ThrowsAsync<ConflictException>(() => _hosts.Commands.DeleteAsync(HostsHarness.Admin, id, Ct));
        _hosts.Owner.Name = null;

        await _hosts.Commands.DeleteAsync(HostsHarness.Admin, id, Ct);

        Assert.Throws<NotFoundException>(() => _hosts.Queries.Host(id));
        Assert.Empty(_hosts.Queries.Guests());
        await using var db = await _hosts.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);
        Assert.Empty(await db.Set<GuestRow>().ToListAsync(Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => _hosts.Commands.DeleteAsync(HostsHarness.Admin, id, Ct));
    }

    [Fact]
    public async Task Test_SavesNothing_TellsFailedChecks_AndTakesTheSavedSecret()
    {
        var probe = await _hosts.Commands.TestAsync(HostsHarness.Admin, Body("h1"), Ct);
        Assert.False(probe.Ok);
        Assert.Empty(_hosts.Queries.Hosts());

        var id = await CreateAsync(Body("h1"));
        await _hosts.Commands.TestAsync(
            HostsHarness.Admin,
            Body("h1") with
            {
                Id = id,
                Ssh = Ssh() with { Password = null },
            },
            Ct
        );
        Assert.Equal("pw", _driver.Device?.Secrets["ssh.password"]);

        _driver.Fault = new DeviceException(DeviceFault.Unreachable, "connection refused");
        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _hosts.Commands.TestAsync(HostsHarness.Admin, Body("h1"), Ct)
        );
        Assert.Equal("connection refused", refusal.Message);
    }

    /// <summary>Without what is seen of the host.</summary>
    private static string Configuration(string json) => json[..json.IndexOf("\"realm\"", StringComparison.Ordinal)];

    internal static HostBody Body(string name) =>
        new()
        {
            Name = name,
            Platform = "fake",
            Ssh = Ssh(),
        };

    private static SshBlock Ssh() =>
        new()
        {
            Host = "h.lan",
            UserName = "root",
            Password = "pw",
        };

    private static HostBody Parse(string json) => JsonSerializer.Deserialize<HostBody>(json, Json.Options)!; // not null: an object

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<int> CreateAsync(HostBody body) => _hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);

    private Task UpdateAsync(int id, HostBody body) => _hosts.Commands.UpdateAsync(HostsHarness.Admin, id, body, Ct);

    private string? Secret(int id, string name) =>
        _hosts.Get<HostDirectory>().Find(id)?.Device.Secrets.GetValueOrDefault(name);
}
