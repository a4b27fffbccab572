using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>One random world, lived through: outages, flicker, silence, restarts, people. The invariants of POLICY are
/// checked after every step of the engine, from what the world knows and the engine does not.</summary>
internal sealed class Chaos
{
    private readonly Random _dice;
    private readonly World _world;
    private readonly ChaosRules _rules;
    private readonly HashSet<string> _ran;
    private readonly bool _people;

    public Chaos(int seed)
    {
        _dice = new Random(seed);
        _people = seed % 3 == 0;
        _world = ChaosWorlds.Make(_dice);
        _rules = new ChaosRules(_world);
        _ran = [.. _world.Guests.Values.Where(g => g.Power(_world.Now) == PowerState.Running).Select(g => g.Name)];
    }

    public List<string> Trace => _rules.Trace;

    public void Live()
    {
        _world.Run(4);
        var outages = _dice.Next(1, 4);
        for (var i = 0; i < outages; i++)
        {
            Outage();
            Mains();
            _world.Run(_dice.Next(0, 70));
            if (_dice.Next(2) == 0)
                WakeHosts();
            _world.Run(_dice.Next(0, 30));
        }
        Mains();
        _world.Run(_dice.Next(0, 40));
        WakeHosts();
        ComeToRest();
        _rules.AtRest(_ran, _people);
    }

    private void Outage()
    {
        var struck = _world.Upses.Values.Where(_ => _dice.Next(4) > 0).ToList();
        var until = _world.Now + TimeSpan.FromSeconds(_dice.Next(1, 160));
        foreach (var ups in struck)
            ups.Status = "OB DISCHRG";
        while (_world.Now < until)
        {
            _world.Run(_dice.Next(1, 12));
            foreach (var ups in struck)
                Strike(ups);
            Mishap();
            if (_people)
                Person();
        }
    }

    private void Strike(SimUps ups)
    {
        switch (_dice.Next(14))
        {
            case 0:
                (ups.Status, ups.Runtime, ups.Charge) = ("OB DISCHRG LB", _dice.Next(30, 120), 15);
                break;
            case 1:
                ups.Status = "OL";
                _world.Run(_dice.Next(1, 4));
                ups.Status = "OB";
                break;
            case 2:
                ups.Reachable = false;
                break;
            case 3:
                ups.Reachable = true;
                break;
            case 4:
                ups.Status = "WAIT";
                _world.Run(_dice.Next(1, 3));
                ups.Status = "OB";
                break;
            case 5:
                (ups.Runtime, ups.Charge) = (_dice.Next(100, 900), _dice.Next(30, 100));
                break;
            case 6:
                (ups.Status, ups.InputVoltage) = ("OB CAL", 229);
                _world.Run(_dice.Next(1, 9));
                (ups.Status, ups.InputVoltage) = ("OB", 230);
                break;
            case 7:
                (ups.Status, ups.Runtime) = ("OB", null);
                break;
        }
    }

    private void Mishap()
    {
        switch (_dice.Next(10))
        {
            case 0 or 1:
                Trace.Add($"{_world.Now} restart");
                _rules.Restarts++;
                _world.Restart(newBoot: false, awaySeconds: _dice.Next(1, 20));
                break;
            case 2 when _dice.Next(4) == 0:
                Trace.Add($"{_world.Now} new boot");
                _world.Restart(newBoot: true, awaySeconds: _dice.Next(20, 60));
                break;
            case 3 when _dice.Next(4) == 0:
                var host = _world.Hosts.ElementAt(_dice.Next(_world.Hosts.Count));
                Crash(host.Key);
                break;
            case 4 when _world.State.Run is not null:
                // I14: an edit during the run changes nothing in it.
                _world.Model = _world.Model with
                {
                    Revision = _world.Model.Revision + 1,
                    Definition = _world.Model.Definition with { Name = $"Edited {_world.Model.Revision + 1}" },
                };
                _world.Tell(new ModelChanged());
                break;
            case 5 when _world.Guests.Count > 0:
                var guest = _world.Guests.Values.ElementAt(_dice.Next(_world.Guests.Count));
                if (_ran.Contains(guest.Name) && _world.Hosts[guest.HostId].Answers(_world.Now))
                    guest.Take(StepAction.Start, _world.Now); // Somebody starts it behind our back.
                break;
        }
        _rules.BuryGuests();
    }

    /// <summary>A host that dies by itself takes along what no plan stopped: that is not ours to bring back (E2).</summary>
    private void Crash(int hostId)
    {
        Trace.Add($"{_world.Now} host{hostId} dies");
        _world.Hosts[hostId].Dead = true;
        var covered = _world.Model.Guests.Values.Select(g => g.Name).ToHashSet();
        var ours = _world.State.Run is { Kind: RunKind.Shutdown };
        foreach (
            var guest in _world.Guests.Values.Where(g =>
                g.HostId == hostId && g.Power(_world.Now) == PowerState.Running
            )
        )
        {
            if (!ours || !covered.Contains(guest.Name))
                _ran.Remove(guest.Name);
        }
    }

    private void Person()
    {
        Observation? act = _dice.Next(12) switch
        {
            0 => new CancelRequested((CancelMode)_dice.Next(3), "anna") { EvenIfCritical = _dice.Next(2) == 0 },
            1 => new HoldRequested("anna"),
            2 => new ReleaseRequested("anna"),
            3 => new RunRequested(RunKind.Shutdown, "anna") { StartWhenStable = _dice.Next(2) == 0 },
            4 => new RunRequested(RunKind.Rehearsal, "anna"),
            5 => new RunRequested(RunKind.Startup, "anna"),
            _ => null,
        };
        if (act is null)
            return;
        Trace.Add($"{_world.Now} {act}");
        _world.Tell(act);
    }

    private void Mains()
    {
        foreach (var ups in _world.Upses.Values)
            (ups.Status, ups.Reachable, ups.Charge, ups.Runtime, ups.InputVoltage) = ("OL CHRG", true, 60, 1500, 230);
    }

    private void WakeHosts()
    {
        _rules.BuryGuests();
        foreach (var (id, host) in _world.Hosts.Where(h => !h.Value.Answers(_world.Now)))
        {
            Trace.Add($"{_world.Now} host{id} is switched on");
            host.PowerOn();
        }
    }

    /// <summary>Mains stays; somebody switches on what went off late; whoever held something lets go, and starts what
    /// people stopped.</summary>
    private void ComeToRest()
    {
        if (_people)
            _world.Tell(new ReleaseRequested("anna"));
        for (var i = 0; i < 40 && (i < 6 || _world.State.Run is not null || _world.State.Cycle is not null); i++)
        {
            _world.Run(30);
            WakeHosts();
            if (_people && i == 20 && _world.State is { Cycle: not null, Run: null })
                _world.Tell(new RunRequested(RunKind.Startup, "anna"));
        }
    }
}
