using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A UPS of a <see cref="VirtualWorld"/>: says what it was told to say. (<see cref="SimulatedUps"/> is the one
/// with a battery that empties.)</summary>
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
        var reading = VirtualReadings.Of(Status, now.Elapsed) with
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
