using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Ups.Simulator;

/// <summary>A simulated UPS from inside, as the API and pages show it: what it is, not what is read of it.</summary>
public sealed record SimulatedUpsView
{
    /// <summary>Null in what screens follow: they know it.</summary>
    public int? UpsId { get; init; }
    public string? Name { get; init; }
    public required string Device { get; init; }
    public bool Mains { get; init; }
    public double InputVoltage { get; init; }
    public double LoadWatts { get; init; }
    public double RatedWatts { get; init; }
    public double ChargePercent { get; init; }
    public double RuntimeSeconds { get; init; }
    public double BatteryHealthPercent { get; init; }
    public double BatteryPace { get; init; }
    public double AmbientCelsius { get; init; }
    public bool OutputOn { get; init; }
    public bool LowBattery { get; init; }
    public SimulatedTest Test { get; init; }

    /// <summary>Until the output goes off; null: no countdown runs.</summary>
    public double? OffInSeconds { get; init; }

    /// <summary>Until the output comes on; null: no countdown runs.</summary>
    public double? OnInSeconds { get; init; }
    public bool ForcedShutdown { get; init; }
    public SimulatedLink Link { get; init; }
    public SimulatedReturn Return { get; init; }

    /// <summary>The script under way, or null.</summary>
    public SimulatedScriptView? Script { get; init; }

    internal static SimulatedUpsView Of(SimulatedDevice device)
    {
        var (ups, run) = device.Look();
        return new SimulatedUpsView
        {
            Device = device.Key,
            Mains = ups.IsMainsGood,
            InputVoltage = ups.InputVoltage,
            LoadWatts = Math.Round(ups.LoadWatts, 1),
            RatedWatts = ups.Model.RatedWatts,
            ChargePercent = Math.Round(ups.ChargePercent, 1),
            RuntimeSeconds = Math.Floor(ups.Runtime.TotalSeconds),
            BatteryHealthPercent = Math.Round(100 * ups.BatteryHealth, 1),
            BatteryPace = ups.BatteryPace,
            AmbientCelsius = ups.AmbientCelsius,
            OutputOn = ups.IsOutputOn,
            LowBattery = ups.IsLow,
            Test = ups.Test,
            OffInSeconds = Seconds(ups.Cut?.Left),
            OnInSeconds = Seconds(ups.StartIn),
            ForcedShutdown = ups.IsForcedShutdown,
            Link = ups.Link,
            Return = ups.Model.Return,
            Script = run is null
                ? null
                : new SimulatedScriptView(run.Script.Name, run.Next + 1, run.Script.Steps.Length),
        };
    }

    private static double? Seconds(TimeSpan? span) => span is { } left ? Math.Ceiling(left.TotalSeconds) : null;
}

/// <summary>Where a script stands.</summary>
/// <param name="Name">A scenario's id, or what the caller named it.</param>
/// <param name="Step">The step that is waited for, counted from 1.</param>
/// <param name="Steps">How many there are.</param>
public sealed record SimulatedScriptView(string Name, int Step, int Steps);
