using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Snmp;

/// <summary>How far a value can be believed; the lowest of several that speak of the same wins.</summary>
internal enum Belief
{
    /// <summary>As the MIB says.</summary>
    Clean,

    /// <summary>Possible only in another unit than the MIB's, and in one unit only.</summary>
    Mended,

    /// <summary>Possible, but hardly what is meant.</summary>
    Doubtful,

    /// <summary>Zero where zero means "not measured": taken only while zero could be true.</summary>
    Zero,

    /// <summary>Impossible.</summary>
    None,
}

internal readonly record struct Judged(double Value, Belief Belief)
{
    public static readonly Judged Impossible = new(0, Belief.None);
}

/// <summary>Tests values against what a UPS can mean, and mends units that agents get wrong. No device is known here: the
/// rules hold for all. Mains is 80 to 700 V at 40 to 70 Hz, so a factor of ten shows; a battery of a UPS has three cells at
/// least; nothing of this kind runs for days on its battery.</summary>
/// <param name="Status">What the device does: on line, its input cannot be at 23 V.</param>
/// <param name="ServesWholeUnits">The agent was caught giving whole hertz where its MIB wants tenths: it ignores the MIB's
/// units altogether, also where a single value would not show it.</param>
internal sealed record Judge(UpsStatus Status, bool ServesWholeUnits)
{
    private const double HighestMains = 700;
    private const double LowestMains = 80;
    private const double HighestBattery = 1000;
    private const double LowestBattery = 6;

    /// <summary>An empty battery of 12 V: what is above it may be what the MIB says.</summary>
    private const double LowestString = 10;
    private const double HighestLoad = 200;
    private const double LeastRating = 100;
    private const double OneDay = 86400;
    private const double LongestRuntime = 5 * 86400.0;

    public Judged Of(Measure measure, double value) =>
        MeasureKinds.Of(measure.Name) switch
        {
            MeasureKind.MainsVoltage => Mains(value),
            MeasureKind.Frequency => Frequency(value),
            MeasureKind.BatteryVoltage => Battery(measure, value),
            MeasureKind.Percent => measure.Name == Names.Load ? Load(value) : Percent(value),
            MeasureKind.Temperature => Temperature(value),
            MeasureKind.Runtime => Runtime(measure, value),
            MeasureKind.BatteryCurrent => new Judged(value, Belief.Clean),
            MeasureKind.Power => value < 0 ? Judged.Impossible : new(value, value == 0 ? Belief.Zero : Belief.Clean),
            // Rated power below that of any UPS is in kilowatts, or not told.
            MeasureKind.Plain
                when measure.Name is Names.PowerNominal or Names.RealPowerNominal && value < LeastRating =>
                Judged.Impossible,
            MeasureKind.Plain when measure.Name.EndsWith(".phases", StringComparison.Ordinal) && value == 0 =>
                Judged.Impossible,
            // Six rows are three lines to neutral and three between lines.
            MeasureKind.Plain when measure.Name.EndsWith(".phases", StringComparison.Ordinal) && value > 3 =>
                new Judged(3, Belief.Mended),
            _ => value < 0 ? Judged.Impossible : new Judged(value, Belief.Clean),
        };

    private Judged Mains(double volts) =>
        volts switch
        {
            0 => new(0, Belief.Zero),
            < 0 => Judged.Impossible,
            > HighestMains => Down(volts, HighestMains, LowestMains),
            < LowestMains / 2 when Status.HasFlag(UpsStatus.OL) && volts * 10 is >= LowestMains and <= HighestMains =>
                new(volts * 10, Belief.Mended),
            _ => new(volts, Belief.Clean),
        };

    private static Judged Frequency(double hertz) =>
        hertz switch
        {
            0 => new(0, Belief.Zero),
            >= 40 and <= 70 => new(hertz, Belief.Clean),
            >= 4 and <= 7 => new(hertz * 10, Belief.Mended),
            >= 0.4 and <= 0.7 => new(hertz * 100, Belief.Mended),
            > 70 => Down(hertz, 70, 40),
            _ => Judged.Impossible,
        };

    /// <summary>A cell of lead: cards that tell its voltage instead of the string's mean what they say.</summary>
    private static bool IsCell(double volts) => volts is >= 1.9 and <= 2.5;

    private Judged Battery(Measure measure, double volts)
    {
        if (volts <= 0)
            return volts < 0 ? Judged.Impossible : new(0, Belief.Zero);
        var meansWhole =
            (ServesWholeUnits && volts < LowestString) || (volts is > 1 and < LowestBattery && !IsCell(volts));
        if (meansWhole && measure.Scale == Tables.Tenth && volts * 10 <= HighestBattery)
            return new(volts * 10, Belief.Mended);
        if (volts > HighestBattery)
            return Down(volts, HighestBattery, LowestBattery);
        return new(volts, volts < LowestBattery ? Belief.Doubtful : Belief.Clean);
    }

    private static Judged Load(double percent) =>
        percent switch
        {
            < 0 => Judged.Impossible,
            > HighestLoad => percent / 10 <= HighestLoad ? new(percent / 10, Belief.Mended) : Judged.Impossible,
            // Coarse and fine objects of one agent: a fine one that is not there says 0.
            _ => new(percent, percent == 0 ? Belief.Zero : Belief.Clean),
        };

    private static Judged Percent(double percent) =>
        percent is >= 0 and <= 100 ? new(percent, percent == 0 ? Belief.Zero : Belief.Clean)
        : percent == 1000 ? new(100, Belief.Mended)
        : Judged.Impossible;

    private static Judged Temperature(double celsius) =>
        celsius switch
        {
            0 => new(0, Belief.Zero),
            >= -40 and <= 100 => new(celsius, Belief.Clean),
            > 100 and <= 700 => new(celsius / 10, Belief.Mended),
            _ => Judged.Impossible,
        };

    private Judged Runtime(Measure measure, double seconds)
    {
        if (seconds <= 0)
            return seconds < 0 ? Judged.Impossible : new(0, Belief.Zero);
        // Minutes that mean seconds: as minutes it would last for days, as seconds for hours.
        var raw = seconds / Tables.Minutes;
        return
            measure.Scale == Tables.Minutes
            && (seconds > LongestRuntime || (ServesWholeUnits && seconds > OneDay))
            && raw <= LongestRuntime
            ? new(raw, Belief.Mended)
            : new(seconds, Belief.Clean);
    }

    private static Judged Down(double value, double most, double least)
    {
        foreach (var factor in (ReadOnlySpan<double>)[10, 100])
        {
            if (value / factor <= most)
                return value / factor >= least ? new(value / factor, Belief.Mended) : Judged.Impossible;
        }
        return Judged.Impossible;
    }
}
