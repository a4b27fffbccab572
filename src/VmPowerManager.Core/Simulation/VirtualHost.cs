using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A machine of a <see cref="VirtualWorld"/> that carries guests.</summary>
public sealed class VirtualHost
{
    /// <summary>When it last came up, or will.</summary>
    public TimeSpan UpAt { get; private set; } = TimeSpan.MinValue;

    public string Realm { get; init; } = "realm";

    /// <summary>Whether a witness on its network path answers; null: it has none (C4).</summary>
    public bool? Witness { get; set; } = true;

    /// <summary>Seconds from an accepted shutdown to silence; null: it accepts and stays.</summary>
    public double? StopSeconds { get; init; } = 10;

    /// <summary>Seconds from power-on to its first answer.</summary>
    public double BootSeconds { get; init; }

    /// <summary>Seconds that it takes over each order, beyond the world's latency.</summary>
    public double SlowSeconds { get; set; }
    public bool Refuses { get; set; }

    /// <summary>Somebody answers, but lets nobody in: its states stay unknown (C4).</summary>
    public bool LockedOut { get; set; }

    /// <summary>Somebody answers with another key than the pinned one (F8); its BMC knows nothing of that.</summary>
    public bool KeyChanged { get; set; }

    /// <summary>Its firmware switches it on when power returns after it was gone.</summary>
    public bool RestoresOnAc { get; init; }

    /// <summary>What really feeds it, in a lifelike world; empty: it always has power.</summary>
    public ImmutableArray<Supply> Supplies { get; init; } = [];

    /// <summary>Sum of power values that it needs to stay up.</summary>
    public double Needed { get; init; } = 1;
    public bool HasPower { get; internal set; } = true;
    public TimeSpan? ToldAt { get; private set; }
    public bool Dead { get; set; }

    public bool Answers(TimeSpan now) =>
        !Dead
        && HasPower
        && now >= UpAt
        && !(ToldAt is { } told && StopSeconds is { } stop && now - told >= TimeSpan.FromSeconds(stop));

    /// <summary>It was switched on and does not answer yet.</summary>
    public bool Boots(TimeSpan now) => !Dead && HasPower && now < UpAt;

    /// <summary>What each wake method answers, by its place in the host's order: null wakes it; "" is accepted without
    /// effect, as a lost magic packet is; else a refusal. Beyond them: it is woken.</summary>
    public ImmutableArray<string?> WakeAnswers { get; init; } = [];

    /// <summary>Null: accepted, whether or not it helps; else what the method answers instead.</summary>
    public string? TakeWake(int method, TimeSpan now)
    {
        if (WakeAnswers.ElementAtOrDefault(method) is { } answer)
            return answer.Length == 0 ? null : answer;
        if (HasPower && !Answers(now) && !Boots(now))
            PowerOn(now);
        return null;
    }

    /// <summary>Null: it goes down; else what it answers instead.</summary>
    public string? TakeShutdown(TimeSpan now)
    {
        if (!Answers(now))
            return "no route to host";
        if (Refuses)
            return "sudo: a password is required";
        ToldAt ??= now;
        return null;
    }

    /// <summary>What its BMC answers to "power off"; null: it takes the power.</summary>
    public string? BmcRefuses { get; init; } = "no BMC";

    /// <summary>Its BMC tells whether it has power.</summary>
    public bool BmcTells { get; init; }

    /// <summary>The controller is that of another machine.</summary>
    public bool BmcIsAnothers { get; init; }

    /// <summary>Its BMC answers every other look.</summary>
    public bool BmcFlickers { get; init; }

    /// <summary>It goes silent, and never switches itself off.</summary>
    public bool HangsAtTheEnd { get; init; }

    /// <summary>What its BMC says of its power, at one look.</summary>
    public bool? AskBmc(TimeSpan now) => !BmcTells || (BmcFlickers && _bmcLooks++ % 2 == 1) ? null : Powered(now);

    private int _bmcLooks;

    /// <summary>Whether it is on, in truth.</summary>
    public bool Powered(TimeSpan now) => !Dead && HasPower && (HangsAtTheEnd || Answers(now) || Boots(now));

    /// <summary>Commands that ran on it, in order.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Commands that it refuses yet.</summary>
    public int CommandRefusals { get; set; }

    /// <summary>Null: its power is gone.</summary>
    public string? TakeBmcOff()
    {
        Dead |= BmcRefuses is null && !BmcIsAnothers;
        return BmcRefuses;
    }

    /// <summary>It answers, and starts no guests: why (E4).</summary>
    public string? NotReady { get; set; }

    public string? TakeCommand(string? command)
    {
        if (CommandRefusals > 0)
        {
            CommandRefusals--;
            return "exit 1";
        }
        Commands.Add(command ?? "");
        return null;
    }

    /// <summary>Somebody presses the button, and it is up at once.</summary>
    public void PowerOn() => (ToldAt, Dead) = (null, false);

    /// <summary>Somebody presses the button: it is up after <see cref="BootSeconds"/>.</summary>
    public void PowerOn(TimeSpan now)
    {
        PowerOn();
        UpAt = now + TimeSpan.FromSeconds(BootSeconds);
    }
}
