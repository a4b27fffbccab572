using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Lives one random world through its script. The invariants of POLICY are checked after every step of the
/// engine, from what the world knows and the engine does not.</summary>
internal sealed class Chaos
{
    private readonly ChaosScript _script;
    private readonly TimeSpan _began;
    private readonly HashSet<string> _ran;

    /// <param name="traced">Notes what happens, for people; costs time.</param>
    public Chaos(ChaosScript script, bool traced = false)
    {
        _script = script;
        World = script.Build();
        _began = World.Now;
        Rules = new ChaosRules(World, traced);
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
        foreach (var happens in _script.Events)
        {
            Until(happens.At);
            Rules.Note($"* {happens.Act}");
            Happen(happens.Act);
            Rules.BuryGuests();
        }
        Mains();
        World.Run(20);
        ComeToRest();
        Rules.AtRest(_ran, _script.People);
    }

    private void Until(double seconds)
    {
        var left = _began + TimeSpan.FromSeconds(seconds) - World.Now;
        if (left > TimeSpan.Zero)
            World.Run(left.TotalSeconds);
    }

    private void Happen(ChaosAct act)
    {
        switch (act)
        {
            case UpsSays says:
                if (World.Upses.TryGetValue(says.Ups, out var ups))
                    says.Tell(ups);
                break;
            case Restarts restarts:
                Rules.Restarted();
                World.Restart(restarts.NewBoot, restarts.AwaySeconds);
                break;
            case Dies dies when World.Hosts.ContainsKey(dies.Host):
                Die(dies.Host);
                break;
            case Edits when World.State.Run is not null:
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
        var covered = World.Model.Guests.Values.Select(g => g.Name).ToHashSet();
        var ours = World.State.Run is { Kind: RunKind.Shutdown };
        foreach (var guest in World.Guests.Values)
        {
            var dies = guest.HostId == hostId && guest.Power(World.Now) == PowerState.Running;
            if (dies && (!ours || !covered.Contains(guest.Name)))
                _ran.Remove(guest.Name);
        }
    }

    private void Mains()
    {
        foreach (var (id, ups) in World.Upses)
            new UpsSays(id, "OL CHRG") { Charge = 60, Runtime = 1500 }.Tell(ups);
    }

    private void SwitchOn()
    {
        Rules.BuryGuests();
        foreach (var host in World.Hosts.Values.Where(h => !h.Answers(World.Now)))
            host.PowerOn();
    }

    /// <summary>Mains stays; somebody switches on what went off late; whoever held something lets go, and starts what
    /// people stopped.</summary>
    private void ComeToRest()
    {
        Rules.Note("* comes to rest");
        SwitchOn();
        if (_script.People)
            World.Tell(new ReleaseRequested("anna"));
        for (var i = 0; i < 40 && (i < 6 || World.State.Run is not null || World.State.Cycle is not null); i++)
        {
            World.Run(30);
            SwitchOn();
            if (_script.People && i == 20 && World.State is { Cycle: not null, Run: null })
                World.Tell(new RunRequested(RunKind.Startup, "anna"));
        }
    }
}
