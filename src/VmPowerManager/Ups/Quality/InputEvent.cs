namespace VmPowerManager.Ups.Quality;

/// <summary>What can be wrong with the mains that a UPS is fed with.</summary>
public enum InputEventKind
{
    /// <summary>Below 90 % of the nominal voltage.</summary>
    Sag,

    /// <summary>Above 110 % of the nominal voltage.</summary>
    Swell,

    /// <summary>More than 1 % off the nominal frequency.</summary>
    Frequency,

    /// <summary>The UPS raises the voltage.</summary>
    Boost,

    /// <summary>The UPS lowers the voltage.</summary>
    Trim,

    /// <summary>The load is fed past the inverter.</summary>
    Bypass,

    /// <summary>On battery for less than it takes to confirm an outage.</summary>
    Transfer,

    /// <summary>On battery, confirmed.</summary>
    Outage,
}

/// <summary>One disturbance of a UPS's input.</summary>
/// <param name="Source">What it is told by: no two of one source overlap.</param>
public sealed record InputEvent(InputSource Source, InputEventKind Kind, DateTimeOffset Begin)
{
    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>How long it lasted, or has lasted so far, by a clock that nobody sets.</summary>
    public double Seconds { get; init; }

    /// <summary>The value that was farthest off: volts, or Hz for <see cref="InputEventKind.Frequency"/>. Null where
    /// none was read.</summary>
    public double? Extreme { get; init; }

    /// <summary>What the value should be, in the same unit; null where it is not known.</summary>
    public double? Nominal { get; init; }

    /// <summary>Why the UPS went on battery, in its words.</summary>
    public string? Reason { get; init; }

    /// <summary>Nobody saw it end: readings stopped before.</summary>
    public bool Cut { get; init; }
}

/// <summary>What tells a disturbance.</summary>
public enum InputSource
{
    Voltage,
    Frequency,
    Regulation,
    Bypass,
    Supply,
}
