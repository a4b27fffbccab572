using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>A machine of the cluster.</summary>
public sealed class FakeNode
{
    public required string Name { get; init; }
    public required HttpsDoor Door { get; init; }

    /// <summary>It runs; its door is open.</summary>
    public bool Online { get; set; }

    /// <summary>Set in its configuration: it can be woken.</summary>
    public string? WakeMac { get; set; }

    /// <summary>What it was told to do: <c>shutdown</c>, <c>reboot</c>.</summary>
    public List<string> Orders { get; } = [];

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }
}

/// <summary>A stand-in for Proxmox VE: nodes that really stop answering, guests, tasks, HA, locks, quorum and rights, as its
/// API and its sources describe them. It was never held against a real cluster; an independent client (proxmoxer) uses
/// it in the same tests.</summary>
public sealed class FakeCluster : IAsyncDisposable
{
    public const string User = "power@pve";
    public const string TokenId = "power@pve!manager";
    public const string Secret = "5b1f7c1e-27a5-4d3f-9a06-3f1f3c8f4f10";
    public const string Password = "pve-Secret 12$";
    private readonly CancellationTokenSource _stop = new();
    private int _requests;
    private Task _ha = Task.CompletedTask;

    private FakeCluster()
    {
        (Ha, Power) = (new FakeHa(this), new FakePower(this));
        var user = Accounts.Add(new FakeAccount { Id = User, Secret = Password });
        Token = Accounts.Add(
            new FakeAccount
            {
                Id = TokenId,
                Secret = Secret,
                User = user,
            }
        );
    }

    /// <summary>Null: a node alone, in no cluster.</summary>
    public string? Name { get; private init; }
    public string Version { get; set; } = "9.2.1";
    public Guid Authority { get; private init; } = Guid.NewGuid();
    public IReadOnlyList<FakeNode> Nodes { get; private set; } = [];
    public ConcurrentDictionary<long, FakeGuest> Guests { get; } = new();
    public FakeAccounts Accounts { get; } = new();
    public FakeAccount Token { get; }
    public FakeTasks Tasks { get; } = new();
    public FakePower Power { get; }
    public FakeHa Ha { get; }

    /// <summary>HA's <c>shutdown_policy</c>.</summary>
    public string Policy { get; set; } = "conditional";

    /// <summary>Null: there is no Ceph.</summary>
    public HashSet<string>? CephFlags { get; set; }
    public FakeFaults Faults { get; } = new();

    /// <summary>Requests that came in.</summary>
    public int Requests => _requests;

    /// <summary>Says otherwise than the count of nodes; null: they are counted.</summary>
    public bool? QuorumIs { get; set; }
    public bool Quorate => QuorumIs ?? (Name is null || Nodes.Count(n => n.Online) * 2 > Nodes.Count);

    /// <summary>From a node's answer to its power being gone; two seconds and its services on a real one.</summary>
    public TimeSpan NodeOffTakes { get; set; } = TimeSpan.FromMilliseconds(300);

    public static async Task<FakeCluster> StartAsync(params string[] nodes)
    {
        var cluster = new FakeCluster { Name = nodes.Length > 1 ? "lab" : null };
        cluster.Nodes = [.. nodes.Select(n => cluster.Made(n))];
        await cluster.BeginAsync();
        return cluster;
    }

    /// <summary>A node alone, on a machine of its own: it is the same one with every start by its certificate.</summary>
    public static async Task<FakeCluster> StartAloneAsync(string name, IPEndPoint at, X509Certificate2 certificate)
    {
        var cluster = new FakeCluster { Authority = new Guid(SHA256.HashData(certificate.RawData)[..16]) };
        cluster.Nodes = [cluster.Made(name, at, certificate)];
        await cluster.BeginAsync();
        return cluster;
    }

    private async Task BeginAsync()
    {
        foreach (var node in Nodes)
            await BootAsync(node.Name);
        _ha = Task.WhenAll(Task.Run(() => Ha.RunAsync(_stop.Token)), Task.Run(() => TellStatesAsync(_stop.Token)));
    }

    internal void Count() => Interlocked.Increment(ref _requests);

    public FakeNode Node(string name) =>
        Nodes.FirstOrDefault(n => n.Name == name)
        ?? throw new FakeRefusalException(500, $"hostname lookup '{name}' failed - failed to get address info");

    public FakeGuest Add(FakeGuest guest)
    {
        guest.SaidRunning = guest.Running;
        return Guests[guest.Id] = guest;
    }

    public async Task BootAsync(string name)
    {
        await Node(name).Door.OpenAsync();
        Node(name).Online = true;
    }

    /// <summary>Its own services shut down what still runs on it, then it is gone.</summary>
    public async Task PowerOffAsync(string name)
    {
        var node = Node(name);
        foreach (var guest in Guests.Values.Where(g => g.Node == name && g.Running))
            guest.Stop();
        node.Online = false;
        await node.Door.ShutAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _ha;
        foreach (var node in Nodes)
            await node.Door.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Nodes tell each other every ten seconds how their guests are.</summary>
    private async Task TellStatesAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                foreach (var guest in Guests.Values)
                    guest.SaidRunning = guest.Running;
                await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, ct);
            }
        }
        catch (OperationCanceledException) { }
    }

    private FakeNode Made(string name, IPEndPoint? at = null, X509Certificate2? certificate = null)
    {
        var api = new FakeApi(this, name);
        return new FakeNode { Name = name, Door = new HttpsDoor(api.AnswerAsync, at, certificate) };
    }
}

/// <summary>What goes wrong on the way, by a part of the path.</summary>
public sealed class FakeFaults
{
    /// <summary>The connection breaks off instead of an answer, after the order was carried out.</summary>
    public string? BreaksAfter { get; set; }

    /// <summary>Nothing is answered.</summary>
    public string? Hangs { get; set; }

    /// <summary>These bytes are answered, with status 200.</summary>
    public (string Path, byte[] Body)? Says { get; set; }
}
