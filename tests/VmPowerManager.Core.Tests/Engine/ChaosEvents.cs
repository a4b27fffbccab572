using System.Collections.Immutable;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Rolls what happens in a random world: outages with all their noise, mishaps, people.</summary>
internal sealed class ChaosEvents(Random dice, ChaosScript script)
{
    private readonly ImmutableArray<ChaosEvent>.Builder _events = ImmutableArray.CreateBuilder<ChaosEvent>();
    private readonly Dictionary<int, UpsSays> _upses = script.Upses.ToDictionary(
        u => u.Id,
        u => new UpsSays(u.Id, "OL")
    );
    private double _at = 4;

    public static ChaosScript Add(Random dice, ChaosScript script) =>
        script with
        {
            Events = new ChaosEvents(dice, script).Roll(),
        };

    private ImmutableArray<ChaosEvent> Roll()
    {
        var outages = dice.Next(1, 4);
        for (var i = 0; i < outages; i++)
        {
            Outage();
            Mains();
            _at += dice.Next(0, 70);
            if (dice.Next(2) == 0)
                Happens(new SwitchesOn());
            _at += dice.Next(0, 30);
        }
        return _events.ToImmutable();
    }

    private void Happens(ChaosAct act) => _events.Add(new ChaosEvent(_at, act));

    private void Outage()
    {
        var struck = script.Upses.Select(u => u.Id).Where(_ => dice.Next(4) > 0).ToList();
        foreach (var ups in struck)
            Say(ups, u => u with { Status = "OB DISCHRG" });
        for (var until = _at + dice.Next(1, 160); _at < until; )
        {
            _at += dice.Next(1, 12);
            foreach (var ups in struck)
                Strike(ups);
            Mishap();
            if (script.People)
                Person();
        }
    }

    private void Mains()
    {
        foreach (var ups in script.Upses)
            Say(ups.Id, _ => new UpsSays(ups.Id, "OL CHRG") { Charge = 60, Runtime = 1500 });
    }

    private void Say(int ups, Func<UpsSays, UpsSays> change)
    {
        _upses[ups] = change(_upses[ups]);
        Happens(_upses[ups]);
    }

    /// <summary>For a moment it says something else.</summary>
    private void Blip(int ups, string status, int most, double volts = 230)
    {
        Say(ups, u => u with { Status = status, Volts = volts });
        _at += dice.Next(1, most);
        Say(ups, u => u with { Status = "OB", Volts = 230 });
    }

    private void Strike(int ups)
    {
        switch (dice.Next(18))
        {
            case 0:
                Say(ups, u => u with { Status = "OB DISCHRG LB", Runtime = dice.Next(30, 120), Charge = 15 });
                break;
            case 1:
                Blip(ups, "OL", 4);
                break;
            case 2:
                Say(ups, u => u with { Reachable = false });
                break;
            case 3:
                Say(ups, u => u with { Reachable = true });
                break;
            case 4:
                Blip(ups, "WAIT", 3);
                break;
            case 5:
                Say(ups, u => u with { Runtime = dice.Next(100, 900), Charge = dice.Next(30, 100) });
                break;
            case 6:
                Blip(ups, dice.Next(2) == 0 ? "OB CAL" : "OB TEST LB", 9, volts: 229);
                break;
            case 7:
                Say(ups, u => u with { Status = "OB", Runtime = null });
                break;
            case 8:
                Blip(ups, dice.Next(2) == 0 ? "OFF" : "BYPASS", 9);
                break;
            case 9 when dice.Next(4) == 0:
                Say(ups, u => u with { Status = "OB FSD" });
                break;
        }
    }

    private void Mishap()
    {
        switch (dice.Next(10))
        {
            case 0 or 1:
                Happens(new Restarts(NewBoot: false, dice.Next(1, 20)));
                break;
            case 2 when dice.Next(4) == 0:
                Happens(new Restarts(NewBoot: true, dice.Next(20, 60)));
                break;
            case 3 when dice.Next(4) == 0:
                Happens(new Dies(script.Hosts[dice.Next(script.Hosts.Length)].Id));
                break;
            case 4:
                Happens(new Edits());
                break;
            case 5 when script.Guests.Length > 0:
                Happens(new StartsBehind(script.Guests[dice.Next(script.Guests.Length)].Id));
                break;
        }
    }

    private void Person()
    {
        Observation? act = dice.Next(12) switch
        {
            0 => new CancelRequested((CancelMode)dice.Next(3), "anna") { EvenIfCritical = dice.Next(2) == 0 },
            1 => new HoldRequested("anna"),
            2 => new ReleaseRequested("anna"),
            3 => new RunRequested(RunKind.Shutdown, "anna") { StartWhenStable = dice.Next(2) == 0 },
            4 => new RunRequested(RunKind.Rehearsal, "anna"),
            5 => new RunRequested(RunKind.Startup, "anna"),
            _ => null,
        };
        if (act is not null)
            Happens(new Asks(act));
    }
}
