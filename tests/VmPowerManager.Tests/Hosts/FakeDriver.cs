using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A platform whose guests the test sets; it needs the block ssh as most do.</summary>
public sealed class FakeDriver(string platform = "fake", params string[] blocks) : IHostDriver, IHostIdentity
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<GuestSighting>> _guests = [];
    private readonly List<string> _calls = [];

    public string Platform => platform;
    public IReadOnlyList<string> Blocks { get; } = blocks is [] ? ["ssh"] : blocks;

    /// <summary>All of its blocks are ways in; otherwise the first is.</summary>
    public bool AnyBlock { get; init; }
    public IReadOnlyList<string> NeedsOneOf => AnyBlock ? Blocks : [Blocks[0]];
    public HostCapabilities Capabilities => HostCapabilities.Guests;

    /// <summary>What every call fails with, or null.</summary>
    public DeviceException? Fault { get; set; }

    /// <summary>Calls wait for this one.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Those until now: the loop of the host goes on calling.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>The secrets of the newest call.</summary>
    public HostDevice? Device { get; private set; }

    public int Count(string call)
    {
        lock (_gate)
            return _calls.Count(c => c == call);
    }

    public void Set(string host, params GuestSighting[] guests)
    {
        lock (_gate)
            _guests[host] = [.. guests];
    }

    public static GuestSighting Guest(
        string id,
        GuestState state = GuestState.Running,
        AgentState agent = AgentState.Unknown
    ) => new(id, $"guest {id}", GuestKind.Vm, state, agent);

    /// <summary>What a probe finds.</summary>
    public HostProbe Probe { get; set; } =
        new([ACheck.Of("login", HostCheckState.Ok, "in"), ACheck.Of("virsh", HostCheckState.Failed, "no virsh")]);

    /// <summary>What it tells of itself.</summary>
    public HostIdentity Identity { get; set; } = new();

    public Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct) => Task.FromResult(Identity);

    public async Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct)
    {
        await CalledAsync("probe", host, ct);
        return Probe;
    }

    public Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct) => ListAsync("states", host, ct);

    public Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct) => ListAsync("discover", host, ct);

    public Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    ) => CalledAsync($"{verb} {externalId}", host, ct);

    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        CalledAsync($"{verb}", host, ct);

    public async Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct)
    {
        await CalledAsync(command, host, ct);
        return new string('x', 5000);
    }

    private async Task<HostInventory> ListAsync(string call, HostDevice host, CancellationToken ct)
    {
        await CalledAsync($"{call} {host.Name}", host, ct);
        lock (_gate)
            return new HostInventory("realm", [.. _guests.GetValueOrDefault(host.Name) ?? []]);
    }

    private async Task CalledAsync(string call, HostDevice host, CancellationToken ct)
    {
        var held = Held;
        lock (_gate)
        {
            _calls.Add(call);
            Device = host;
        }
        await held.WaitAsync(ct);
        if (Fault is { } fault)
            throw fault;
    }
}
