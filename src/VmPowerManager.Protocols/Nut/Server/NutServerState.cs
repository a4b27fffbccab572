using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace VmPowerManager.Protocols.Nut.Server;

/// <summary>What all conversations with a server share.</summary>
internal sealed class NutServerState(ImmutableArray<INutDevice> devices, ImmutableArray<NutServerUser> users)
{
    private const int MostTracked = 1000;

    private readonly ConcurrentDictionary<string, NutVerdict> _tracked = [];
    private readonly ConcurrentQueue<string> _trackedOrder = [];
    private volatile DeviceSet _devices = new(devices);

    /// <summary>Addresses of those who sent LOGIN, by device.</summary>
    public ConcurrentDictionary<string, ImmutableList<string>> Logins { get; } = [];

    public ImmutableArray<INutDevice> Devices
    {
        get => _devices.All;
        set => _devices = new DeviceSet(value);
    }

    public INutDevice? Find(string name) => _devices.ByName.GetValueOrDefault(name);

    /// <summary>Null: wrong user or password.</summary>
    public NutServerUser? SignIn(string name, string password)
    {
        var given = Encoding.UTF8.GetBytes(password);
        return users.FirstOrDefault(user =>
            user.Name == name && CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(user.Password))
        );
    }

    /// <summary>Keeps a verdict for <c>GET TRACKING</c>; the oldest go.</summary>
    public string Track(NutVerdict verdict)
    {
        var id = Guid.NewGuid().ToString();
        _tracked[id] = verdict;
        _trackedOrder.Enqueue(id);
        while (_trackedOrder.Count > MostTracked && _trackedOrder.TryDequeue(out var oldest))
            _tracked.TryRemove(oldest, out _);
        return id;
    }

    public NutVerdict Tracked(string id) => _tracked.TryGetValue(id, out var verdict) ? verdict : NutVerdict.Unknown;

    private sealed record DeviceSet(ImmutableArray<INutDevice> All)
    {
        public Dictionary<string, INutDevice> ByName { get; } =
            All.DistinctBy(d => d.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(d => d.Name, StringComparer.OrdinalIgnoreCase);
    }
}
