using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>Makes the events of a scenario happen.</summary>
internal sealed class ScenarioScript(Scenario scenario, VirtualWorld world, ScenarioWatch watch)
{
    private readonly List<ScenarioEvent> _waiting = [.. scenario.Events];

    /// <summary>What has never come about.</summary>
    public IReadOnlyList<ScenarioEvent> Waiting => _waiting;

    /// <summary>Seconds until the next event, as far as is known.</summary>
    public double? NextAt => _waiting.Select(DueAt).Min();

    /// <summary>Makes happen what is due.</summary>
    public void Pass()
    {
        while (_waiting.Find(e => DueAt(e) <= watch.Now + 1e-6) is { } due)
        {
            _waiting.Remove(due);
            watch.Happens(due);
            Do(due);
        }
    }

    private double? DueAt(ScenarioEvent what) => what.Once is { } mark ? watch.Reached(mark) + what.At : what.At;

    private void Do(ScenarioEvent what)
    {
        if (what.Ups is not null)
            Change(world.Upses[UpsId(what.Ups)], what);
        else if (what.Canary is not null)
            world.Canaries[scenario.World.Canaries.First(c => c.Name == what.Canary).Id] = what.Reachable == true;
        else if (what.Person is not null)
            ByPerson(what, what.Person);
        else if (what.Host is not null)
            Change(world.Hosts[HostId(what.Host)], what.Does);
        else if (what.Guest is not null)
            Change(world.Guests[what.Guest], what);
        else
            ToManager(what);
    }

    private static void Change(VirtualUps ups, ScenarioEvent what)
    {
        ups.Status = what.Status ?? ups.Status;
        ups.Reachable = what.Reachable ?? ups.Reachable;
        ups.Charge = what.Charge ?? ups.Charge;
        ups.Runtime = what.Runtime ?? ups.Runtime;
        ups.InputVoltage = what.InputVoltage ?? ups.InputVoltage;
        ups.Load = what.Load ?? ups.Load;
        foreach (var value in what.Unknown.IsDefault ? [] : what.Unknown)
        {
            ups.Charge = value == "charge" ? null : ups.Charge;
            ups.Runtime = value == "runtime" ? null : ups.Runtime;
            ups.InputVoltage = value == "inputVoltage" ? null : ups.InputVoltage;
            ups.Load = value == "load" ? null : ups.Load;
        }
    }

    private void Change(VirtualHost host, ScenarioAct? does)
    {
        switch (does)
        {
            case ScenarioAct.Dies:
                host.Dead = true;
                break;
            case ScenarioAct.PowersOn:
                host.PowerOn(world.Now);
                break;
            case ScenarioAct.Refuses or ScenarioAct.Obeys:
                host.Refuses = does == ScenarioAct.Refuses;
                break;
            case ScenarioAct.LocksOut or ScenarioAct.LetsIn:
                host.LockedOut = does == ScenarioAct.LocksOut;
                break;
            case ScenarioAct.LosesWitness or ScenarioAct.FindsWitness:
                host.Witness = does == ScenarioAct.FindsWitness;
                break;
        }
    }

    private void Change(VirtualGuest guest, ScenarioEvent what)
    {
        switch (what.Does)
        {
            case ScenarioAct.Moves when what.To is not null:
                guest.HostId = HostId(what.To);
                break;
            case ScenarioAct.Starts:
                guest.Take(StepAction.Start, world.Now);
                break;
            case ScenarioAct.Stops or ScenarioAct.Crashes:
                guest.Set(PowerState.Off);
                break;
        }
    }

    private void ByPerson(ScenarioEvent what, string person)
    {
        var until = what.HoldSeconds is { } s ? world.Moment.Wall + TimeSpan.FromSeconds(s) : (DateTimeOffset?)null;
        switch (what.Does)
        {
            case ScenarioAct.Cancels:
                world.Tell(
                    new CancelRequested(what.Mode ?? CancelMode.Hold, person)
                    {
                        HoldUntil = until,
                        EvenIfCritical = what.EvenIfCritical,
                    }
                );
                break;
            case ScenarioAct.Holds:
                world.Tell(new HoldRequested(person) { HoldUntil = until, EvenIfCritical = what.EvenIfCritical });
                break;
            case ScenarioAct.Releases:
                world.Tell(new ReleaseRequested(person));
                break;
            case ScenarioAct.Runs:
                world.Tell(
                    new RunRequested(what.Run ?? RunKind.Shutdown, person)
                    {
                        Now = what.Now,
                        StartWhenStable = what.StartWhenStable,
                        Force = what.Force,
                    }
                );
                break;
            case ScenarioAct.Stops or ScenarioAct.Starts when what.Guest is not null:
                OnGuest(world.Guests[what.Guest], what.Does == ScenarioAct.Stops);
                break;
            default:
                ToManager(what);
                break;
        }
    }

    /// <summary>In this program: the engine hears of it.</summary>
    private void OnGuest(VirtualGuest guest, bool stops)
    {
        guest.Take(stops ? StepAction.Shutdown : StepAction.Start, world.Now);
        world.Tell(new PersonActed(GuestModel.KeyOf(world.Hosts[guest.HostId].Realm, guest.ExternalId), stops));
    }

    private void ToManager(ScenarioEvent what)
    {
        switch (what.Does)
        {
            case ScenarioAct.Restarts or ScenarioAct.Boots:
                world.Restart(what.Does == ScenarioAct.Boots, what.AwaySeconds ?? 2);
                break;
            case ScenarioAct.Arms or ScenarioAct.Disarms:
                world.Model = world.Model with { Armed = what.Does == ScenarioAct.Arms };
                world.Tell(new ModelChanged());
                break;
            case ScenarioAct.Edits:
                world.Model = world.Model with
                {
                    Revision = world.Model.Revision + 1,
                    Definition =
                        what.Plan ?? world.Model.Definition with { Name = $"{world.Model.Definition.Name} (edited)" },
                };
                world.Tell(new ModelChanged());
                break;
        }
    }

    private int UpsId(string name) => scenario.World.Upses.First(u => u.Name == name).Policy.UpsId;

    private int HostId(string name) => scenario.World.Hosts.First(h => h.Name == name).Model.Id;
}
