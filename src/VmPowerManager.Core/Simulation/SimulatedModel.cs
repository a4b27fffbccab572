namespace VmPowerManager.Core.Simulation;

/// <summary>What a simulated UPS is built like: does not change while it runs. The defaults are a line-interactive
/// 1500 VA device.</summary>
public sealed record SimulatedModel
{
    public string Vendor { get; init; } = "VM Host Power Manager";
    public string Name { get; init; } = "Simulated UPS 1500";

    /// <summary>Watts at full load.</summary>
    public double RatedWatts { get; init; } = 900;
    public double RatedVoltAmperes { get; init; } = 1500;

    /// <summary>Watts that the inverter takes for itself: without load a battery does not last for ever.</summary>
    public double OwnWatts { get; init; } = 15;
    public double NominalVoltage { get; init; } = 230;
    public double NominalFrequency { get; init; } = 50;

    /// <summary>Volts; outside of both the load is on battery.</summary>
    public double LowTransferVoltage { get; init; } = 180;
    public double HighTransferVoltage { get; init; } = 270;

    /// <summary>Volts; the regulator lifts what is below and lowers what is above.</summary>
    public double BoostBelowVoltage { get; init; } = 207;
    public double TrimAboveVoltage { get; init; } = 253;
    public double BatteryVoltage { get; init; } = 24;

    /// <summary>How long a new, full battery carries the full load.</summary>
    public TimeSpan FullLoadRuntime { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Peukert-like: half the load lasts more than twice as long. 1 is an ideal battery, lead-acid 1.1-1.3.</summary>
    public double PeukertExponent { get; init; } = 1.15;

    /// <summary>From empty to 90 %; the last tenth tapers off.</summary>
    public TimeSpan RechargeTime { get; init; } = TimeSpan.FromHours(4);
    public TimeSpan QuickTest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What "off, and on again with mains" does when mains is back before its countdown ends.</summary>
    public SimulatedReturn Return { get; init; } = SimulatedReturn.Cycles;
}

/// <summary>How a device takes <c>shutdown.return</c> with mains there when the countdown ends.</summary>
public enum SimulatedReturn
{
    /// <summary>Off, then on again: safe in both states of mains.</summary>
    Cycles,

    /// <summary>Off for good: RFC 1628 restarts by itself only after a shutdown during a power loss.</summary>
    StaysOff,

    /// <summary>Nothing happens: some devices ignore a shutdown while mains is there.</summary>
    Ignores,
}

/// <summary>What runs on the battery although mains is there.</summary>
public enum SimulatedTest
{
    None,
    Quick,

    /// <summary>Down to the low-battery threshold.</summary>
    Deep,

    /// <summary>The same; devices call it otherwise.</summary>
    Calibration,
}

/// <summary>What came of the last test.</summary>
public enum SimulatedTestResult
{
    NotDone,
    Passed,
    Failed,
    Aborted,
}

/// <summary>How the device can be reached: faults of the way to it, not of its power.</summary>
public enum SimulatedLink
{
    Ok,

    /// <summary>The server answers, but has lost the device.</summary>
    Stale,

    /// <summary>Nobody answers for it.</summary>
    Silent,
}

/// <summary>A countdown to switching the output off.</summary>
/// <param name="Left">Time that remains.</param>
/// <param name="Kind">What comes after.</param>
public sealed record SimulatedCut(TimeSpan Left, SimulatedCutKind Kind);

public enum SimulatedCutKind
{
    /// <summary>On again when mains is there.</summary>
    Return,

    /// <summary>Off until somebody switches it on.</summary>
    StayOff,

    /// <summary>Off and on again, whatever mains does meanwhile.</summary>
    Reboot,
}
