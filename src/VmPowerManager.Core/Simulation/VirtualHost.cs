namespace VmPowerManager.Core.Simulation;

/// <summary>A machine of a <see cref="VirtualWorld"/> that carries guests.</summary>
public sealed class VirtualHost
{
    public string Realm { get; init; } = "realm";

    /// <summary>Whether a witness on its network path answers; null: it has none (C4).</summary>
    public bool? Witness { get; init; } = true;

    /// <summary>Seconds from an accepted shutdown to silence; null: it accepts and stays.</summary>
    public double? StopSeconds { get; init; } = 10;
    public bool Refuses { get; init; }
    public TimeSpan? ToldAt { get; private set; }
    public bool Dead { get; set; }

    public bool Answers(TimeSpan now) =>
        !Dead && !(ToldAt is { } told && StopSeconds is { } stop && now - told >= TimeSpan.FromSeconds(stop));

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

    /// <summary>Somebody presses the button.</summary>
    public void PowerOn() => (ToldAt, Dead) = (null, false);
}
