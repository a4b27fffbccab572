using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>Makes a <see cref="VirtualWorld"/> lifelike: batteries empty, hosts without power die and take their guests
/// along, firmware switches them on again. Keeps a log of every change of a host or a guest.</summary>
public sealed class VirtualLife
{
    private readonly VirtualWorld _world;
    private readonly Dictionary<int, bool> _hosts = [];
    private readonly Dictionary<string, PowerState> _guests = [];
    private TimeSpan? _mainsSince;
    private bool _wasLost;

    public VirtualLife(VirtualWorld world)
    {
        _world = world;
        world.Lives = Beat;
        Look();
        Changes.Clear();
    }

    /// <summary>So long after mains is back everywhere somebody switches on what is off; null: nobody does.</summary>
    public double? SwitchedOnAfterSeconds { get; init; }

    /// <summary>In the order in which they happened.</summary>
    public List<VirtualChange> Changes { get; } = [];

    /// <summary>Notices what has changed until now.</summary>
    public void Look()
    {
        foreach (var (id, host) in _world.Hosts)
        {
            var up = host.Answers(_world.Now);
            if (_hosts.TryGetValue(id, out var was) && was == up)
                continue;
            _hosts[id] = up;
            Changes.Add(new VirtualChange(_world.Now, id, null, up ? PowerState.Running : PowerState.Off));
            if (!up)
                Bury(id);
            else
                Autostart(id);
        }
        foreach (var (name, guest) in _world.Guests)
            Note(name, guest, hard: false);
    }

    private void Beat(TimeSpan span)
    {
        foreach (var ups in _world.Upses.Values)
            ups.Pass(span);
        foreach (var host in _world.Hosts.Values)
            Feed(host);
        var upses = _world.Upses.Values;
        var mains = upses.Any(u => u.IsOnLine && u.Output) && !upses.Any(u => u.IsOnBattery);
        _wasLost |= !mains;
        _mainsSince = mains && _wasLost ? _mainsSince ?? _world.Now : null;
        if (SwitchedOnAfterSeconds is { } wait && _world.Now - _mainsSince >= TimeSpan.FromSeconds(wait))
        {
            foreach (var host in _world.Hosts.Values.Where(h => !h.Answers(_world.Now) && !h.Boots(_world.Now)))
                host.PowerOn(_world.Now);
        }
        Look();
        Sleep();
    }

    /// <summary>The manager goes down with its own host, and boots with it.</summary>
    private void Sleep()
    {
        var own = _world.Model.Hosts.Values.Where(h => h.Rank == HostRank.Manager).ToList();
        var sleeps = own.Exists(h => !_world.Hosts[h.Id].Answers(_world.Now));
        if (sleeps == _world.Asleep)
            return;
        _world.Asleep = sleeps;
        if (!sleeps)
            _world.Restart(newBoot: true, awaySeconds: 0);
    }

    private void Feed(VirtualHost host)
    {
        if (host.Supplies.IsEmpty)
            return;
        var power = host.Supplies.Where(s => _world.Upses.GetValueOrDefault(s.UpsId)?.Output == true);
        var has = power.Sum(s => s.PowerValue) >= Math.Min(host.Needed, host.Supplies.Sum(s => s.PowerValue));
        if (has == host.HasPower)
            return;
        host.HasPower = has;
        if (!has)
            host.Dead = true;
        else if (host.RestoresOnAc)
            host.PowerOn(_world.Now);
    }

    /// <summary>Guests of a host that is off are off; those that ran were not asked.</summary>
    private void Bury(int hostId)
    {
        foreach (var (name, guest) in _world.Guests.Where(g => g.Value.HostId == hostId))
        {
            Note(name, guest, hard: false);
            if (guest.Power(_world.Now) is PowerState.Saved or PowerState.Off)
                continue;
            guest.Set(PowerState.Off);
            Note(name, guest, hard: true);
        }
    }

    private void Autostart(int hostId)
    {
        foreach (var guest in _world.Guests.Values.Where(g => g.Autostart && g.HostId == hostId))
            guest.Take(StepAction.Start, _world.Now);
    }

    private void Note(string name, VirtualGuest guest, bool hard)
    {
        var power = guest.Power(_world.Now);
        if (_guests.TryGetValue(name, out var was) && was == power)
            return;
        _guests[name] = power;
        Changes.Add(new VirtualChange(_world.Now, guest.HostId, name, power) { Hard = hard });
    }
}

/// <summary>A host (no guest named) or a guest came into another state.</summary>
public sealed record VirtualChange(TimeSpan At, int HostId, string? Guest, PowerState Power)
{
    /// <summary>It ran, and was cut off with its host.</summary>
    public bool Hard { get; init; }
}
