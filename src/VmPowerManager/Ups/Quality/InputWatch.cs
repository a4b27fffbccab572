using System.Collections.Immutable;

namespace VmPowerManager.Ups.Quality;

/// <summary>What has been seen of one UPS's input so far. Immutable and pure: each reading gives the next state and the
/// disturbances that began, changed or ended with it. Limits after EN 50160 and IEC 61000-4-30: dips below 90 %, swells
/// above 110 %, frequency 1 % off, each with a hysteresis; without a nominal voltage the sliding one stands in for it.</summary>
internal sealed record InputWatch
{
    private const double SagBelow = 0.90;
    private const double SwellAbove = 1.10;
    private const double VoltageHysteresis = 0.02;
    private const double FrequencyOff = 0.01;
    private const double FrequencyHysteresis = 0.002;

    /// <summary>A UPS that says OL with less did not measure.</summary>
    private const double NoVoltage = 0.10;
    private const double Believed = 0.25;

    /// <summary>Of the sliding voltage; and so long it must have been read before it counts.</summary>
    private static readonly TimeSpan Sliding = TimeSpan.FromHours(6);
    private static readonly TimeSpan SlidingNeeds = TimeSpan.FromMinutes(1);

    private static readonly InputSource[] Sources = Enum.GetValues<InputSource>();

    public static readonly InputWatch Begin = new();

    private ImmutableSortedDictionary<InputSource, InputEvent> Open { get; init; } =
        ImmutableSortedDictionary<InputSource, InputEvent>.Empty;
    private InputSight? Last { get; init; }
    private double? Slides { get; init; }
    private TimeSpan SlidFor { get; init; }

    /// <summary>Takes in a reading.</summary>
    /// <returns>The next state, and every disturbance that is to be written now.</returns>
    public (InputWatch Next, ImmutableArray<InputEvent> Changed) See(InputSight sight)
    {
        var changed = ImmutableArray.CreateBuilder<InputEvent>();
        var open = Open;
        var passed = Last is { } last ? sight.Taken - last.Taken : TimeSpan.Zero;
        var elapsed = passed;
        if (Last is { } before && elapsed > before.LongestGap)
            (open, elapsed) = (CutAll(changed, sight.OnBattery), TimeSpan.Zero);
        var now = this with { Open = open };
        foreach (var source in Sources)
        {
            // An outage that goes on after a gap went on in it, too.
            var lasted = source == InputSource.Supply ? passed : elapsed;
            open = Step(open, source, now.Kind(source, sight), sight, lasted, changed);
        }
        return ((this with { Open = open, Last = sight }).Slide(sight, elapsed), changed.ToImmutable());
    }

    /// <summary>Some devices name a nominal voltage of another country: one that is far from what is read all day is not
    /// believed, and nothing is said before that is known.</summary>
    private double? Nominal(InputSight sight)
    {
        var slides = SlidFor >= SlidingNeeds ? Slides : null;
        if (sight.NominalVoltage is not { } nominal)
            return slides;
        var usual = slides ?? Slides ?? sight.Voltage ?? nominal;
        return usual / nominal is > 1 - Believed and < 1 + Believed ? nominal : slides;
    }

    /// <summary>What a source says now; null: nothing is wrong.</summary>
    private InputEventKind? Kind(InputSource source, InputSight sight) =>
        source switch
        {
            InputSource.Supply => sight.OnBattery
                ? sight.Confirmed || Was(source, InputEventKind.Outage)
                    ? InputEventKind.Outage
                    : InputEventKind.Transfer
                : null,
            _ when sight.Discharging => null,
            InputSource.Voltage => Voltage(sight),
            InputSource.Frequency => Frequency(sight),
            InputSource.Regulation => sight.Boost ? InputEventKind.Boost
            : sight.Trim ? InputEventKind.Trim
            : null,
            InputSource.Bypass => sight.Bypass ? InputEventKind.Bypass : null,
            _ => null,
        };

    private InputEventKind? Voltage(InputSight sight)
    {
        if (sight.Voltage is not { } volts || Nominal(sight) is not { } nominal)
            return null;
        var share = volts / nominal;
        var (low, high) = (
            SagBelow + (Was(InputSource.Voltage, InputEventKind.Sag) ? VoltageHysteresis : 0),
            SwellAbove - (Was(InputSource.Voltage, InputEventKind.Swell) ? VoltageHysteresis : 0)
        );
        return share < NoVoltage ? null
            : share < low ? InputEventKind.Sag
            : share > high ? InputEventKind.Swell
            : null;
    }

    private InputEventKind? Frequency(InputSight sight)
    {
        if (sight.Frequency is not { } hertz || NominalFrequency(sight) is not { } nominal)
            return null;
        var limit = FrequencyOff - (Was(InputSource.Frequency, InputEventKind.Frequency) ? FrequencyHysteresis : 0);
        // The last figure after the point is not exact: 49.5 of 50 is 1 %, not more.
        return Math.Abs(hertz - nominal) / nominal > limit + 1e-9 ? InputEventKind.Frequency : null;
    }

    /// <summary>Mains are 50 or 60 Hz; what is far from both was not measured.</summary>
    private static double? NominalFrequency(InputSight sight) =>
        sight.Frequency is < 40 or > 70 ? null : sight.NominalFrequency ?? (sight.Frequency < 55 ? 50 : 60);

    private bool Was(InputSource source, InputEventKind kind) => Open.GetValueOrDefault(source)?.Kind == kind;

    private ImmutableSortedDictionary<InputSource, InputEvent> Step(
        ImmutableSortedDictionary<InputSource, InputEvent> open,
        InputSource source,
        InputEventKind? kind,
        InputSight sight,
        TimeSpan elapsed,
        ImmutableArray<InputEvent>.Builder changed
    )
    {
        var running = open.GetValueOrDefault(source);
        if (running is not null)
        {
            var goesOn = kind == running.Kind || (kind is not null && source == InputSource.Supply);
            running = running with { Seconds = Math.Round(running.Seconds + elapsed.TotalSeconds, 3) };
            if (!goesOn)
            {
                changed.Add(running with { End = sight.At });
                (open, running) = (open.Remove(source), null);
            }
        }
        if (kind is not { } what)
            return open;
        var next = (running ?? new InputEvent(source, what, sight.At)) with { Kind = what };
        next = Measure(next, sight);
        // While it lasts, only what a person would want to see at once is written.
        if (running is null || next.Kind != running.Kind || next.Reason != running.Reason)
            changed.Add(next);
        return open.SetItem(source, next);
    }

    private InputEvent Measure(InputEvent going, InputSight sight)
    {
        var isFrequency = going.Source == InputSource.Frequency;
        var nominal = isFrequency ? NominalFrequency(sight) : Nominal(sight);
        return going with
        {
            Nominal = going.Nominal ?? nominal,
            Extreme = Farther(going, isFrequency ? sight.Frequency : sight.Voltage),
            Reason = going.Source == InputSource.Supply ? sight.Reason ?? going.Reason : null,
        };
    }

    private static double? Farther(InputEvent going, double? value) =>
        (going.Extreme, value) switch
        {
            (null, var first) => first,
            (var known, null) => known,
            ({ } known, { } next) => going.Kind switch
            {
                InputEventKind.Swell or InputEventKind.Trim => Math.Max(known, next),
                InputEventKind.Frequency or InputEventKind.Bypass when going.Nominal is { } nominal => Math.Abs(
                    next - nominal
                ) > Math.Abs(known - nominal)
                    ? next
                    : known,
                _ => Math.Min(known, next),
            },
        };

    /// <summary>Readings stopped: what lasted then ended nobody knows when. On battery goes on, as its evidence does.</summary>
    private ImmutableSortedDictionary<InputSource, InputEvent> CutAll(
        ImmutableArray<InputEvent>.Builder changed,
        bool onBattery
    )
    {
        var open = Open;
        foreach (var (source, running) in Open)
        {
            if (source == InputSource.Supply && onBattery)
                continue;
            changed.Add(running with { End = Last?.At ?? running.Begin, Cut = true });
            open = open.Remove(source);
        }
        return open;
    }

    /// <summary>The mean of the first hours, then of the last: a sag of minutes hardly moves it.</summary>
    private InputWatch Slide(InputSight sight, TimeSpan elapsed)
    {
        if (sight.Discharging || sight.Voltage is not ({ } volts and > 40))
            return this;
        if (Slides is not { } slides)
            return this with { Slides = volts };
        var lasted = SlidFor + elapsed;
        var weight = lasted > TimeSpan.Zero ? elapsed / (lasted < Sliding ? lasted : Sliding) : 0;
        return this with { Slides = slides + ((volts - slides) * Math.Min(1, weight)), SlidFor = lasted };
    }
}
