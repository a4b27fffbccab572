using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>A guest of a <see cref="VirtualWorld"/>: stops after a while, late, or never.</summary>
public sealed class VirtualGuest
{
    private PowerState _power = PowerState.Running;
    private TimeSpan? _stopsAt;

    public required int Id { get; init; }
    public required string Name { get; init; }
    public required int HostId { get; set; }

    /// <summary>Its platform id; made from <see cref="Id"/> unless given.</summary>
    public string ExternalId
    {
        get => field ?? $"uuid-{Id}";
        init;
    }

    /// <summary>Seconds from the shutdown press to off; null: ignores it.</summary>
    public double? StopSeconds { get; init; } = 2;

    /// <summary>Its host starts it when it comes up.</summary>
    public bool Autostart { get; init; }

    /// <summary>When it last began to run.</summary>
    public TimeSpan StartedAt { get; private set; } = TimeSpan.MinValue / 2;

    /// <summary>Seconds from its start until what it serves is there: ports, ping, agent, commands.</summary>
    public double ReadySeconds { get; init; }

    /// <summary>Asks that it refuses yet.</summary>
    public int Refusals { get; set; }

    /// <summary>Accepts even force off without doing it.</summary>
    public bool Immortal { get; init; }

    public PowerState Power(TimeSpan now) => _stopsAt <= now ? _power = PowerState.Off : _power;

    /// <summary>What it serves can be reached.</summary>
    public bool Serves(TimeSpan now) =>
        Power(now) == PowerState.Running && now - StartedAt >= TimeSpan.FromSeconds(ReadySeconds);

    public VirtualGuest Set(PowerState power)
    {
        (_power, _stopsAt) = (power, null);
        return this;
    }

    /// <summary>Null: it does as asked, or behaves as if; else what the platform answers instead.</summary>
    public string? Take(StepAction action, TimeSpan now)
    {
        var power = Power(now);
        if (Refusals > 0)
        {
            Refusals--;
            return "internal error: client socket is closed";
        }
        switch (action)
        {
            case StepAction.Start:
                if (power != PowerState.Running)
                    StartedAt = now;
                Set(PowerState.Running);
                return null;
            case StepAction.Shutdown when power != PowerState.Running:
                return "Requested operation is not valid: domain is not running";
            case StepAction.Shutdown:
                _stopsAt ??= StopSeconds is { } s ? now + TimeSpan.FromSeconds(s) : null;
                return null;
            case StepAction.ForceOff when !Immortal:
                Set(PowerState.Off);
                return null;
            case StepAction.Save:
                Set(PowerState.Saved);
                return null;
            default:
                return null;
        }
    }
}
