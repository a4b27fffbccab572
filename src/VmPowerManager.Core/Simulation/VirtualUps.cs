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

    /// <summary>The longest delay of its cut, seconds; null: it has no cut that returns with mains (C9).</summary>
    public double? LongestCutDelay { get; set; } = 600;

    /// <summary>An order whose delay still runs can be taken back.</summary>
    public bool CanAbortCut { get; set; } = true;

    /// <summary>Orders to cut that it takes no notice of yet, with a refusal.</summary>
    public int CutRefusals { get; set; }

    /// <summary>When the output goes off by an order; null: there is none.</summary>
    public TimeSpan? CutsAt { get; private set; }

    /// <summary>It was cut, and waits for mains.</summary>
    public bool AwaitsMains { get; private set; }

    /// <summary>How often its output went off by an order.</summary>
    public int TimesCut { get; private set; }

    /// <summary>Null: taken; else what it answers instead.</summary>
    public string? TakeCut(TimeSpan delay, TimeSpan now)
    {
        if (ProbeCut(delay) is { } refusal)
            return refusal;
        if (CutRefusals > 0)
        {
            CutRefusals--;
            return "ERR INSTCMD-FAILED";
        }
        CutsAt = now + delay;
        return null;
    }

    /// <summary>Whether it could cut after this delay; null: yes.</summary>
    public string? ProbeCut(TimeSpan delay) =>
        !Reachable ? "connection refused"
        : LongestCutDelay is not { } longest ? "The device has no cut that returns with mains."
        : delay.TotalSeconds > longest ? $"The device waits at most {longest:0} s before it switches off."
        : IsOnLine ? "Mains is back."
        : null;

    public string? TakeAbort()
    {
        if (!Reachable || !CanAbortCut)
            return Reachable ? "ERR CMD-NOT-SUPPORTED" : "connection refused";
        CutsAt = null;
        return null;
    }

    /// <summary>Lets an order run to its end. On mains the output comes back after a moment.</summary>
    public void PassCut(TimeSpan now)
    {
        if (CutsAt <= now)
        {
            (Output, AwaitsMains, CutsAt) = (false, true, null);
            TimesCut++;
        }
        else if (AwaitsMains && IsOnLine)
            (Output, AwaitsMains) = (true, false);
    }

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
