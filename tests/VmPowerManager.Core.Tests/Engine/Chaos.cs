using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Lives one random world through its script. The invariants of POLICY are checked after every step of the
/// engine, from what the world knows and the engine does not.</summary>
internal sealed class Chaos
{
    /// <summary>Mains that flapped is asked to be stable for up to half an hour before anything starts (D1).</summary>
    private const int MostHalfMinutes = 70;
    private readonly ChaosScript _script;
    private TimeSpan _began;
    private readonly HashSet<string> _ran;
    private readonly SimHost? _manager;
    private readonly Dictionary<int, bool> _canaries = [];
    private readonly Dictionary<int, bool> _reachable = [];
    private int _next;

    /// <param name="traced">Notes what happens, for people; costs time.</param>
    public Chaos(ChaosScript script, bool traced = false)
    {
        _script = script;
        World = script.Build();
        _began = World.Now;
        Rules = new ChaosRules(World, traced);
        _manager = script.Hosts.FirstOrDefault(h => h.Model.Rank == HostRank.Manager) is { } manager
            ? World.Hosts[manager.Id]
            : null;
        _ran = [.. World.Guests.Values.Where(g => g.Power(World.Now) == PowerState.Running).Select(g => g.Name)];
    }

    public World World { get; }
    public ChaosRules Rules { get; }

    /// <summary>Lives the world of a seed; null, or what went wrong.</summary>
    public static Exception? Fault(ChaosScript script)
    {
        try
        {
            new Chaos(script).Live();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public void Live()
    {
        Begin();
        End();
    }

    /// <summary>All that the script says.</summary>
    public void Begin()
    {
        while (_next < _script.Events.Length)
        {
            Until(_script.Events[_next].At);
            var act = _script.Events[_next++].Act;
            Rules.Note($"* {act}");
            Happen(act);
            Rules.BuryGuests();
        }
    }

    /// <summary>The script from its begin once more, as from now.</summary>
    public void Again()
    {
        (_next, _began) = (0, World.Now);
        Begin();
    }

    /// <summary>Until the run has ended, or so many seconds have passed; and half a minute more.</summary>
    public void Outage(int most)
    {
        var ended = World.Ended.Count;
        for (var spent = 0; spent < most && (World.State.Run is not null || World.Ended.Count == ended); spent += 10)
            Pass(10);
        Pass(30);
    }

    /// <summary>Mains returns and stays.</summary>
    /// <param name="rest">Half minutes that the world is watched for at least.</param>
    public void End(int rest = 6)
    {
        Mains();
        Pass(20);
        ComeToRest(rest);
        Rules.AtRest(_ran, _script.People);
    }

    private void Until(double seconds) => Pass((_began + TimeSpan.FromSeconds(seconds) - World.Now).TotalSeconds);

    public void Pass(double seconds)
    {
        for (var end = World.Now + TimeSpan.FromSeconds(seconds); World.Now < end; )
        {
            World.Run(1);
            Serve();
            foreach (var (canary, answers) in _canaries)
                World.Tell(new CanaryObserved(canary, answers, World.Moment.Elapsed));
            if (_manager is { } host && host.Answers(World.Now) == World.Asleep)
                Sleep(!World.Asleep);
        }
    }

    /// <summary>The machine of the manager goes down, and the manager with it: nobody decides anything until somebody
    /// switches the machine on again (F7).</summary>
    private void Sleep(bool sleeps)
    {
        Rules.Note(sleeps ? "* the manager is off" : "* the manager boots");
        World.Asleep = sleeps;
        if (!sleeps)
            World.Restart(newBoot: true, awaySeconds: 0);
    }

    private void Happen(ChaosAct act)
    {
        switch (act)
        {
            case UpsSays says:
                if (World.Upses.TryGetValue(says.Ups, out var ups))
                    Say(says, ups);
                break;
            case Restarts restarts when !World.Asleep:
                Rules.Restarted();
                World.Restart(restarts.NewBoot, restarts.AwaySeconds);
                break;
            case Dies dies when World.Hosts.ContainsKey(dies.Host):
                Die(dies.Host);
                break;
            case Edits when World.State.Run is not null && !World.Asleep:
                Edit();
                break;
            case StartsBehind starts:
                var guest = World.Guests.Values.FirstOrDefault(g => g.Id == starts.Guest);
                if (guest is not null && _ran.Contains(guest.Name) && World.Hosts[guest.HostId].Answers(World.Now))
                    guest.Take(StepAction.Start, World.Now);
                break;
            case Asks asks:
                World.Tell(asks.What);
                break;
            case CanarySays says:
                _canaries[says.Canary] = says.Answers;
                Rules.CanarySilent = !says.Answers;
                break;
            case SwitchesOn:
                SwitchOn();
                break;
        }
    }

    /// <summary>I14: an edit during the run changes nothing in it.</summary>
    private void Edit()
    {
        World.Model = World.Model with
        {
            Revision = World.Model.Revision + 1,
            Definition = World.Model.Definition with { Name = $"Edited {World.Model.Revision + 1}" },
        };
        World.Tell(new ModelChanged());
    }

    /// <summary>A host that dies by itself takes along what no plan stopped: that is not ours to bring back (E2).</summary>
    private void Die(int hostId)
    {
        World.Hosts[hostId].Dead = true;
        Rules.Unannounced = true;
        var named = World.Model.Definition.Phases.SelectMany(p => p.Steps).Select(s => s.Target.GuestId).ToHashSet();
        var ours = World.State.Run is { Kind: RunKind.Shutdown };
        foreach (var guest in World.Guests.Values)
        {
            var dies = guest.HostId == hostId && guest.Power(World.Now) == PowerState.Running;
            var known = World.View(guest.Name) is { Power: PowerState.Running };
            if (dies && (!ours || !known || !named.Contains(guest.Id)))
                _ran.Remove(guest.Name);
        }
    }

    private void Mains()
    {
        foreach (var canary in _canaries.Keys)
            Happen(new CanarySays(canary, true));
        foreach (var (id, ups) in World.Upses)
            Say(new UpsSays(id, "OL CHRG") { Charge = 60, Runtime = 1500 }, ups);
    }

    private void Say(UpsSays says, SimUps ups)
    {
        says.Tell(ups);
        _reachable[says.Ups] = says.Reachable;
        Serve();
    }

    /// <summary>A host that is down takes along the readings that come through it (A10).</summary>
    private void Serve()
    {
        foreach (var (upsId, server) in World.Model.Servers)
            World.Upses[upsId].Reachable =
                _reachable.GetValueOrDefault(upsId, true) && World.Hosts[server.HostId].Answers(World.Now);
    }

    private void SwitchOn()
    {
        Rules.BuryGuests();
        foreach (var host in World.Hosts.Values.Where(h => !h.Answers(World.Now)))
            host.PowerOn(World.Now);
    }

    /// <summary>Mains stays; somebody switches on what went off late; whoever held something lets go, and starts what
    /// people stopped.</summary>
    private void ComeToRest(int least)
    {
        Rules.Note("* comes to rest");
        SwitchOn();
        if (_script.People)
            World.Tell(new ReleaseRequested("anna"));
        for (var i = 0; i < MostHalfMinutes && (i < least || !AtRest); i++)
        {
            Pass(30);
            SwitchOn();
            if (_script.People && i == 20 && World.State.Run is null)
                World.Tell(new RunRequested(RunKind.Startup, "anna"));
        }
    }

    private bool AtRest =>
        World.State is { Run: null, Cycle: null } state
        && state.Debts.All(d => d.Status == DebtStatus.Failed)
        && _ran.All(name => World.Guests[name].Power(World.Now) == PowerState.Running);
}
