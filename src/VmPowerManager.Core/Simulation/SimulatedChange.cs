namespace VmPowerManager.Core.Simulation;

/// <summary>A change of what surrounds a simulated UPS; what is null stays as it is.</summary>
public sealed record SimulatedChange
{
    /// <summary>True: nominal voltage; false: none. <see cref="InputVoltage"/> wins over it.</summary>
    public bool? Mains { get; init; }

    /// <summary>Volts: a sag, a swell, a cut.</summary>
    public double? InputVoltage { get; init; }
    public double? LoadWatts { get; init; }
    public double? ChargePercent { get; init; }
    public double? BatteryHealthPercent { get; init; }

    /// <summary>See <see cref="SimulatedUps.BatteryPace"/>.</summary>
    public double? BatteryPace { get; init; }
    public double? AmbientCelsius { get; init; }
    public SimulatedLink? Link { get; init; }

    /// <summary>Sets or clears FSD.</summary>
    public bool? ForcedShutdown { get; init; }
    public SimulatedReturn? Return { get; init; }

    /// <summary>What is out of range, by field in camelCase.</summary>
    public IEnumerable<(string Field, string Message)> Problems()
    {
        (string, double?, double, double)[] bounds =
        [
            ("inputVoltage", InputVoltage, 0, 500),
            ("loadWatts", LoadWatts, 0, 100_000),
            ("chargePercent", ChargePercent, 0, 100),
            ("batteryHealthPercent", BatteryHealthPercent, 1, 100),
            ("batteryPace", BatteryPace, 0.1, 1000),
            ("ambientCelsius", AmbientCelsius, -40, 80),
        ];
        foreach (var (field, value, least, most) in bounds)
        {
            // Not "value < least": NaN is out of range too.
            if (value is { } number && !(number >= least && number <= most))
                yield return (field, FormattableString.Invariant($"Must be a number from {least} to {most}."));
        }
    }
}
