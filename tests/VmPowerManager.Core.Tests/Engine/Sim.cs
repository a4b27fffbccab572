using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

internal sealed class SimUps
{
    public string Status { get; set; } = "OL";
    public bool Reachable { get; set; } = true;
    public double? Charge { get; set; } = 100;
    public double? Runtime { get; set; } = 1800;
    public double? InputVoltage { get; set; } = 230;
    public double? Load { get; set; }

    public UpsObservation Read(int id, Moment now)
    {
        if (!Reachable)
            return new UpsObservation(
                id,
                now.Elapsed,
                null,
                new CommFault(CommFaultKind.Unreachable, "connection refused")
            );
        var reading = Readings.Of(Status, now.Elapsed) with
        {
            At = now.Wall,
            BatteryChargePercent = Charge,
            BatteryRuntimeSeconds = Runtime,
            LoadPercent = Load,
            InputVoltage = Status.Contains("OB", StringComparison.Ordinal) && InputVoltage == 230 ? 0 : InputVoltage,
        };
        return new UpsObservation(id, now.Elapsed, reading, null);
    }
}

internal static class Readings
{
    /// <summary>A reading with these status tokens and nothing else.</summary>
    public static UpsReading Of(string status, TimeSpan taken) =>
        new()
        {
            At = World.Start + taken,
            Taken = taken,
            Status = status
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(t => t != "WAIT")
                .Aggregate(UpsStatus.None, (all, t) => all | Enum.Parse<UpsStatus>(t)),
        };
}

internal sealed class SimHost
{
    public string Realm { get; init; } = "realm";
    public bool? Witness { get; init; } = true;

    /// <summary>Seconds from an accepted shutdown to silence; null: it accepts and stays.</summary>
    public double? StopSeconds { get; init; } = 10;
    public bool Refuses { get; init; }
    public TimeSpan? ToldAt { get; private set; }
    public bool Dead { get; set; }

    public bool Answers(TimeSpan now) =>
        !Dead && !(ToldAt is { } told && StopSeconds is { } stop && now - told >= TimeSpan.FromSeconds(stop));

    public string? TakeShutdown(TimeSpan now)
    {
        if (!Answers(now))
            return "no route to host";
        if (Refuses)
            return "sudo: a password is required";
        ToldAt ??= now;
        return null;
    }

    public void PowerOn() => (ToldAt, Dead) = (null, false);
}

internal sealed class SimGuest
{
    private PowerState _power = PowerState.Running;
    private TimeSpan? _stopsAt;

    public required int Id { get; init; }
    public required string Name { get; init; }
    public required int HostId { get; set; }
    public string ExternalId => $"uuid-{Id}";

    /// <summary>Seconds from the shutdown press to off; null: ignores it.</summary>
    public double? StopSeconds { get; init; } = 2;

    /// <summary>When it last began to run.</summary>
    public TimeSpan StartedAt { get; private set; } = TimeSpan.MinValue / 2;

    /// <summary>Asks that it refuses yet.</summary>
    public int Refusals { get; set; }

    /// <summary>Accepts even force off without doing it.</summary>
    public bool Immortal { get; init; }

    public PowerState Power(TimeSpan now) => _stopsAt <= now ? _power = PowerState.Off : _power;

    public SimGuest Set(PowerState power)
    {
        (_power, _stopsAt) = (power, null);
        return this;
    }

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
