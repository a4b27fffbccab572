using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Proxmox;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Protocols;
using VmPowerManager.Storage;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>A node is woken by another one of its cluster.</summary>
public sealed class ProxmoxWakeTests : ProxmoxBench
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmpm-wake-").FullName;
    private HostDirectory? _directory;
    private Database? _database;
    private string? _remembered;

    [Fact]
    public async Task NodeThatIsOff_IsWokenByAnother()
    {
        await ConfiguredAsync("pve1", "pve2");
        await Driver.GetStatesAsync(Device("pve2"), Ct);
        Lab.Node("pve2").WakeMac = "bc:24:11:aa:bb:cc";
        await Lab.PowerOffAsync("pve2");
        var said = await WakeAsync("pve2");
        Assert.Contains("pve1 sent the magic packet for pve2 (bc:24:11:aa:bb:cc)", said, StringComparison.Ordinal);
        await Soon.BecomesTrueAsync(() => Task.FromResult(Lab.Node("pve2").Online), "it is up");
    }

    [Fact]
    public async Task NoAddressSet_IsToldInThePlatformsWords()
    {
        await ConfiguredAsync("pve1", "pve2");
        await Driver.GetStatesAsync(Device("pve2"), Ct);
        await Lab.PowerOffAsync("pve2");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => WakeAsync("pve2"));
        Assert.Contains("No wake on LAN MAC address defined for 'pve2'!", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoOtherNode_IsTold()
    {
        await ConfiguredAsync("pve2");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => WakeAsync("pve2"));
        Assert.Equal(DeviceFault.Refused, told.Fault);
    }

    [Fact]
    public async Task AddressToWake_IsAskedOfTheNodeWhileItIsUp()
    {
        await ConfiguredAsync("pve1", "pve2");
        await Driver.GetStatesAsync(Device("pve2"), Ct);

        var without = await ProbeAsync("pve2");
        Lab.Node("pve2").WakeMac = "bc:24:11:aa:bb:cc";
        var with = await ProbeAsync("pve2");
        await Lab.PowerOffAsync("pve2");
        var off = await ProbeAsync("pve2");

        Assert.Equal(["relay", "address"], without.Checks.Select(c => c.Name));
        Assert.Equal(HostCheckState.Failed, without.Checks[1].State);
        Assert.Contains("pvenode config set --wakeonlan", without.Checks[1].Detail, StringComparison.Ordinal);
        Assert.Equal(
            (HostCheckState.Ok, "pve2 is woken at bc:24:11:aa:bb:cc"),
            (with.Checks[1].State, with.Checks[1].Detail)
        );
        Assert.Equal("relay", Assert.Single(off.Checks).Name);
    }

    [Fact]
    public async Task NodeOfTheSameNameInAnotherCluster_IsLeftAsleep()
    {
        await using var other = await FakeCluster.StartAsync("pve1", "pve2");
        await ConfiguredAsync("pve2");
        await AddAsync("theirs", other.Node("pve1").Door.BaseUrl);
        await Driver.GetStatesAsync(Device("pve2"), Ct);
        other.Node("pve2").WakeMac = "bc:24:11:aa:bb:cc";
        await Lab.PowerOffAsync("pve2");
        await other.PowerOffAsync("pve2");

        await Assert.ThrowsAnyAsync<DeviceException>(() => WakeAsync("pve2"));

        Assert.False(other.Node("pve2").Online);
    }

    [Fact]
    public async Task NeverSeen_IsTold_RememberedRealmDoes()
    {
        await ConfiguredAsync("pve1", "pve2");
        Lab.Node("pve2").WakeMac = "bc:24:11:aa:bb:cc";
        await Lab.PowerOffAsync("pve2");
        var told = await Assert.ThrowsAnyAsync<DeviceException>(() => WakeAsync("pve2"));
        Assert.Contains("never seen up", told.Message, StringComparison.Ordinal);

        _remembered = $"pve:{Lab.Authority:D}";
        Assert.Contains("pve1 sent", await WakeAsync("pve2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PeerThatHangs_CostsTheOthersNothing()
    {
        await using var hung = await FakeCluster.StartAsync("pve1", "pve2");
        hung.Faults.Hangs = "/";
        await ConfiguredAsync();
        for (var i = 0; i < 8; i++)
            await AddAsync($"hung{i}", hung.Node("pve1").Door.BaseUrl);
        await AddAsync("pve1", Lab.Node("pve1").Door.BaseUrl);
        await AddAsync("pve2", Lab.Node("pve2").Door.BaseUrl);
        await Driver.GetStatesAsync(Device("pve2"), Ct);
        Lab.Node("pve2").WakeMac = "bc:24:11:aa:bb:cc";
        await Lab.PowerOffAsync("pve2");

        Assert.Contains(
            "pve1 sent",
            await WakeAsync("pve2").WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System),
            StringComparison.Ordinal
        );
    }

    private HostDevice Device(string name) => _directory!.Entries.Single(e => e.Device.Name == name).Device; // not null: as below

    private Task<string> WakeAsync(string name) => Method.WakeAsync(Sleeper(name), Ct);

    private Task<WakeProbe> ProbeAsync(string name) => Method.ProbeAsync(Sleeper(name), Ct);

    // not null: every test configures hosts first
    private ProxmoxWake Method => new(_directory!, Get<ProxmoxAccess>(), _ => _remembered, TimeProvider.System);

    private static WakeDevice Sleeper(string name) => new(name, new WakeSettings { Method = "proxmox" }, null);

    private async Task ConfiguredAsync(params string[] nodes)
    {
        var options = new DbContextOptionsBuilder<AppDb>().UseSqlite(
            $"Data Source={Path.Combine(_folder, "app.db")};Pooling=False"
        );
        var database = _database = new Database(options.Options);
        await using var db = database.CreateDbContext();
        await db.Database.EnsureCreatedAsync(Ct);
        foreach (var node in nodes)
            db.Add(
                new HostRow
                {
                    Name = node,
                    Platform = "proxmox",
                    Settings = HostSettings.Of(Host(node)).ToJson(),
                    Secrets = Get<SecretBox>().Protect(Host(node).Secrets),
                }
            );
        await db.SaveChangesAsync(Ct);
        _directory = new HostDirectory(
            database,
            Get<SecretBox>(),
            Get<IEnumerable<IHostDriver>>(),
            Get<EventLog>(),
            TimeProvider.System,
            NullLogger<HostDirectory>.Instance
        );
        await _directory.LoadAsync(Ct);
    }

    private async Task AddAsync(string name, string baseUrl)
    {
        await using var db = _database!.CreateDbContext(); // not null: ConfiguredAsync was called
        db.Add(
            new HostRow
            {
                Name = name,
                Platform = "proxmox",
                Settings = new HostSettings
                {
                    Https = new HttpsSettings { BaseUrl = baseUrl, TokenId = FakeCluster.TokenId },
                }.ToJson(),
                Secrets = Get<SecretBox>().Protect(Pve1.Secrets),
            }
        );
        await db.SaveChangesAsync(Ct);
        await _directory!.LoadAsync(Ct); // not null: the same
    }

    private protected override void Close()
    {
        _directory?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Database(DbContextOptions<AppDb> options) : IDbContextFactory<AppDb>
    {
        public AppDb CreateDbContext() => new(options);
    }
}
