using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A UPS of a <see cref="VirtualWorld"/>: says what it was told to say, and in a lifelike world its battery
/// empties. (<see cref="SimulatedUps"/> is the one with a load, a card and commands.)</summary>
public sealed class VirtualUps
{
    /// <summary>Status words as NUT writes them; "WAIT" and "" are no status at all (A2).</summary>
    public string Status { get; set; } = "OL";
    public bool Reachable { get; set; } = true;

    /// <summary>Percent.</summary>
    public double? Charge { get; set; } = 100;

    /// <summary>Seconds.</summary>
    public double? Runtime { get; set; } = 1800;

    /// <summary>Volts; 230 is taken for 0 while on battery.</summary>
    public double? InputVoltage { get; set; } = 230;

    /// <summary>Percent.</summary>
    public double? Load { get; set; }

    /// <summary>Its sockets have power.</summary>
    public bool Output { get; set; } = true;

    /// <summary>Seconds from full to empty; null: charge and runtime stay as they are set.</summary>
    public double? BatterySeconds { get; set; }

    /// <summary>Seconds from empty to full.</summary>
    public double RechargeSeconds { get; set; } = 4 * 3600;

    /// <summary>Percent below which it says LB; null: it never does.</summary>
    public double? LowPercent { get; set; } = 20;

    public bool IsOnBattery => Has("OB");
    public bool IsOnLine => Has("OL") && !IsOnBattery;

    /// <summary>Lets its battery empty or fill. An empty one drops the load, and is silent, until mains is back.</summary>
    public void Pass(TimeSpan span)
    {
        if (BatterySeconds is not { } full)
            return;
        var charge = Charge ?? 100;
        if (IsOnBattery && Output)
            charge -= 100 * span.TotalSeconds / full;
        else if (IsOnLine)
            charge += 100 * span.TotalSeconds / RechargeSeconds;
        var was = Charge;
        Charge = Math.Clamp(charge, 0, 100);
        Runtime = Charge / 100 * full;
        if (IsOnBattery && Charge <= 0)
            (Output, Reachable) = (false, false);
        else if (IsOnLine && was <= 0)
            (Output, Reachable) = (true, true);
    }

    /// <summary>What the engine gets when it is read now.</summary>
    public UpsObservation Read(int id, Moment now)
    {
        if (!Reachable)
            return new UpsObservation(
                id,
                now.Elapsed,
                null,
                new CommFault(CommFaultKind.Unreachable, "connection refused")
            );
        var low = BatterySeconds is not null && IsOnBattery && Charge <= LowPercent && !Has("LB") ? " LB" : "";
        var reading = VirtualReadings.Of(Status + low, now.Elapsed) with
        {
            At = now.Wall,
            BatteryChargePercent = Charge,
            BatteryRuntimeSeconds = Runtime,
            LoadPercent = Load,
            InputVoltage = Status.Contains("OB", StringComparison.Ordinal) && InputVoltage == 230 ? 0 : InputVoltage,
        };
        return new UpsObservation(id, now.Elapsed, reading, null);
    }

    private bool Has(string word) => Status.Split(' ').Contains(word, StringComparer.Ordinal);
}

/// <summary>Readings made from words.</summary>
public static class VirtualReadings
{
    /// <summary>A reading with these status words and nothing else, <paramref name="taken"/> after the world began.</summary>
    public static UpsReading Of(string status, TimeSpan taken) =>
        new()
        {
            At = VirtualWorld.Start + taken,
            Taken = taken,
            Status = status
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(t => t != "WAIT")
                .Aggregate(UpsStatus.None, (all, t) => all | Enum.Parse<UpsStatus>(t)),
        };
}
