using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A UPS that exists only here: one immutable state, moved on by <see cref="Advance"/> and changed by people and
/// clients. Pure: no clock, no randomness; the same history gives the same state.</summary>
public sealed partial record SimulatedUps(SimulatedModel Model)
{
    /// <summary>Volts at the input; 0 is a power cut.</summary>
    public double InputVoltage { get; init; } = Model.NominalVoltage;

    /// <summary>What the machines behind it would draw, in watts.</summary>
    public double LoadWatts { get; init; } = 0.3 * Model.RatedWatts;

    /// <summary>Energy in the battery as a part of what it can hold: 0 to 1.</summary>
    public double Charge { get; init; } = 1;

    /// <summary>What an aged battery can hold of what it held when new: 0 to 1.</summary>
    public double BatteryHealth { get; init; } = 1;

    /// <summary>How many times as fast the battery drains and charges: a drill need not last an hour. The runtime that the
    /// device tells is shorter by as much, so it stays true.</summary>
    public double BatteryPace { get; init; } = 1;

    /// <summary>Degrees Celsius around it, and in the battery.</summary>
    public double AmbientCelsius { get; init; } = 22;
    public double BatteryCelsius { get; init; } = 24;
    public bool IsOutputOn { get; init; } = true;

    /// <summary>The output is off and comes on by itself once mains is there.</summary>
    public bool AwaitsMains { get; init; }

    /// <summary>Countdown to switching off, or null.</summary>
    public SimulatedCut? Cut { get; init; }

    /// <summary>Countdown to switching on again, or null.</summary>
    public TimeSpan? StartIn { get; init; }
    public SimulatedTest Test { get; init; }

    /// <summary>What remains of a quick test.</summary>
    public TimeSpan TestLeft { get; init; }
    public SimulatedTestResult LastTest { get; init; }
    public TimeSpan OnBatteryFor { get; init; }

    /// <summary>How often mains went away or out of bounds.</summary>
    public int Transfers { get; init; }
    public string TransferReason { get; init; } = "";
    public TimeSpan Uptime { get; init; }

    /// <summary>Watt-hours given to the load.</summary>
    public double OutputWattHours { get; init; }

    // Settings of the device that a client may write.
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(20);
    public TimeSpan StartDelay { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan LowRuntime { get; init; } = TimeSpan.FromSeconds(120);
    public double LowChargePercent { get; init; } = 20;

    /// <summary>The output does not come back with less than this.</summary>
    public double ReturnChargePercent { get; init; }

    /// <summary>Off: a cut that would return stays off (RFC 1628, upsAutoRestart).</summary>
    public bool RestartsByItself { get; init; } = true;
    public bool IsBeeperOn { get; init; } = true;

    /// <summary>The server was told to force everybody's shutdown: a latch.</summary>
    public bool IsForcedShutdown { get; init; }
    public SimulatedLink Link { get; init; }

    public bool IsMainsGood => InputVoltage >= Model.LowTransferVoltage && InputVoltage <= Model.HighTransferVoltage;

    /// <summary>The load runs on the battery, for want of mains or for a test.</summary>
    public bool IsOnBattery => IsOutputOn && (!IsMainsGood || Test != SimulatedTest.None);
    public double OutputWatts => IsOutputOn ? LoadWatts : 0;
    public double LoadPercent => 100 * OutputWatts / Model.RatedWatts;
    public bool IsOverloaded => LoadPercent > 100;
    public double ChargePercent => 100 * Charge;
    public bool IsCharging => IsMainsGood && Test == SimulatedTest.None && Charge < 1;
    public bool IsBatteryWornOut => BatteryHealth < 0.5 || LastTest == SimulatedTestResult.Failed;

    /// <summary>What the battery still carries the load for; exact while the load stays.</summary>
    public TimeSpan Runtime => TimeSpan.FromSeconds(Charge * FullRuntimeSeconds);

    /// <summary>Also told on mains, as RFC 1628 does: by itself it is no outage.</summary>
    public bool IsLow => Charge <= LowCharge;

    public double OutputVoltage
    {
        get
        {
            if (!IsOutputOn)
                return 0;
            if (IsOnBattery)
                return Model.NominalVoltage;
            if (InputVoltage < Model.BoostBelowVoltage)
                return InputVoltage * 1.12;
            return InputVoltage > Model.TrimAboveVoltage ? InputVoltage * 0.9 : InputVoltage;
        }
    }

    public double BatteryVoltage =>
        Model.BatteryVoltage * (IsOnBattery ? 0.88 + (0.14 * Charge) - (0.0003 * LoadPercent) : 1.08 + (0.05 * Charge));

    /// <summary>In NUT's vocabulary.</summary>
    public UpsStatus Status
    {
        get
        {
            var status = IsOnBattery || !IsMainsGood ? UpsStatus.OB : UpsStatus.OL;
            if (IsOnBattery)
                status |= UpsStatus.DISCHRG;
            else if (IsCharging)
                status |= UpsStatus.CHRG;
            status |= Where(IsLow, UpsStatus.LB) | Where(IsBatteryWornOut, UpsStatus.RB);
            status |= Where(!IsOutputOn, UpsStatus.OFF) | Where(IsOverloaded, UpsStatus.OVER);
            status |= Where(Test is SimulatedTest.Quick or SimulatedTest.Deep, UpsStatus.TEST);
            status |= Where(Test == SimulatedTest.Calibration, UpsStatus.CAL);
            status |= Where(IsForcedShutdown, UpsStatus.FSD);
            if (IsOutputOn && status.HasFlag(UpsStatus.OL))
                status |=
                    Where(InputVoltage < Model.BoostBelowVoltage, UpsStatus.BOOST)
                    | Where(InputVoltage > Model.TrimAboveVoltage, UpsStatus.TRIM);
            return status;
        }
    }

    /// <summary>Seconds that a full battery of this age carries this load.</summary>
    private double FullRuntimeSeconds
    {
        get
        {
            var relief = (Model.RatedWatts + Model.OwnWatts) / (LoadWatts + Model.OwnWatts);
            return Model.FullLoadRuntime.TotalSeconds
                * Math.Pow(relief, Model.PeukertExponent)
                * BatteryHealth
                / BatteryPace;
        }
    }

    /// <summary>The charge at which the battery is low, by percent or by runtime, whichever comes first. Below full, or a
    /// weak battery would be low for ever.</summary>
    private double LowCharge =>
        Math.Min(0.99, Math.Max(LowChargePercent / 100, LowRuntime.TotalSeconds / FullRuntimeSeconds));

    private static UpsStatus Where(bool isSo, UpsStatus flag) => isSo ? flag : UpsStatus.None;
}
