namespace VmPowerManager.Core.Power;

/// <summary>What the readings of one UPS prove so far (POLICY A). Immutable: <see cref="Observe"/> and <see cref="Tick"/>
/// give the next one. All times are elapsed times (F6). Everything that can be computed from the readings is computed,
/// in <c>UpsEvidence.Views.cs</c>; only what needs a memory is stored here.</summary>
public sealed partial record UpsEvidence
{
    /// <summary>Mains must stay for this long, in two readings or more, before the UPS's own outage is over.</summary>
    private static readonly TimeSpan OutageEnd = TimeSpan.FromSeconds(10);

    public required UpsPolicy Policy { get; init; }
    public Comm Comm { get; init; } = Comm.Lost;

    /// <summary>The newest trustworthy reading; null when there was none in this boot (F7).</summary>
    public UpsReading? Last { get; init; }

    /// <summary>Why the newest poll brought no trustworthy reading; null when it did.</summary>
    public CommFault? Fault { get; init; }

    /// <summary>Polls in a row without a trustworthy reading.</summary>
    public int Misses { get; init; }

    /// <summary>First OB reading of the open outage, unmasked; null when no outage is open (A4, C1).</summary>
    public TimeSpan? OnBatterySince { get; init; }

    /// <summary>OB readings since then, without an OL between.</summary>
    public int OnBatteryReadings { get; init; }

    /// <summary>When the outage was confirmed; null before (A4).</summary>
    public TimeSpan? ConfirmedAt { get; init; }

    /// <summary>Time spent on line within the open outage: time on battery is what remains (D1: flicker accumulates).</summary>
    public TimeSpan OnLineWithin { get; init; }

    /// <summary>First OL reading of the present streak; null when the newest reading is not OL.</summary>
    public TimeSpan? OnLineSince { get; init; }
    public int OnLineReadings { get; init; }

    /// <summary>The last moment when it was on line: what has been neither on line nor on battery for long (BYPASS,
    /// SLEEP) stands for nothing once another supply fails (A3, B4).</summary>
    public TimeSpan? LeftLineAt { get; init; }

    /// <summary>First reading with the flag in the present streak.</summary>
    public TimeSpan? MaskSince { get; init; }
    public TimeSpan? LowSince { get; init; }
    public TimeSpan? OffSince { get; init; }
    public TimeSpan? OverSince { get; init; }

    /// <summary>FSD rose and has not cleared nor been outlived by a return of mains (A5).</summary>
    public bool FsdActive { get; init; }

    /// <summary>FSD is set but says nothing new: shown, not acted on (A5).</summary>
    public bool FsdLatched { get; init; }

    /// <summary>Input voltage while last on line: stands in for an unknown nominal voltage (A5).</summary>
    public double? UsualInputVoltage { get; init; }

    /// <summary>Load while last on line, percent: the startup gate rescales runtime to it (E3).</summary>
    public double? UsualLoadPercent { get; init; }

    /// <summary>Last known values and when, for the estimates of A8.</summary>
    public Known? Charge { get; init; }
    public Known? Runtime { get; init; }

    /// <summary>Percent per second, from the last two different charges on battery; negative while discharging.</summary>
    public double ChargeSlope { get; init; }

    /// <summary>We have stopped what serves it: its silence is expected, and is no sign of an empty battery (A10).</summary>
    public bool LossExpected { get; init; }

    /// <summary>Since when this UPS is watched: what was never seen is not dead at once (B4).</summary>
    public TimeSpan WatchedSince { get; init; }

    /// <summary>A UPS of which nothing is known yet.</summary>
    public static UpsEvidence Unseen(UpsPolicy policy, TimeSpan now = default) =>
        new() { Policy = policy, WatchedSince = now };

    public UpsEvidence Observe(UpsObservation observation)
    {
        var next = observation.Reading switch
        {
            { Status: not UpsStatus.None } reading => Trust(reading),
            { } waiting => OffLine(Last?.Taken ?? WatchedSince) with
            {
                Misses = Misses + 1,
                Fault = new CommFault(CommFaultKind.Stale, $"Status is {StatusWords(waiting)}."),
            },
            null => this with { Misses = Misses + 1, Fault = observation.Fault },
        };
        return next.Tick(observation.Taken);
    }

    /// <summary>The process was away: what was confirmed stays, what was not is seen anew (F7). Nothing is concluded from
    /// it before a reading of this process or deadSeconds of silence.</summary>
    public UpsEvidence Resumed(TimeSpan now) =>
        OffLine(Last?.Taken ?? now) with
        {
            WatchedSince = now,
            Misses = 0,
            OnBatteryReadings = 0,
        };

    /// <summary>Lets time pass: confirmation, end of outage and comm state fall due by timer (A2, A4).</summary>
    public UpsEvidence Tick(TimeSpan now) => this.WithComm(now).WithConfirmation(now).WithOutageEnd(now);

    private UpsEvidence WithComm(TimeSpan now)
    {
        if (Last is null)
            return this with { Comm = Comm.Lost };
        var silent = SilentFor(now);
        var overdue = TimeSpan.FromSeconds((3 * Policy.PollSeconds) + 2);
        var stale =
            !SeenSinceStart || Misses >= 3 || (Fault?.Kind == CommFaultKind.Stale && Misses > 0) || silent >= overdue;
        if (!stale)
            return this with { Comm = Comm.Ok };
        return OffLine(Last.Taken) with { Comm = silent >= TimeSpan.FromSeconds(5) ? Comm.Lost : Comm.Stale };
    }

    /// <summary>The streak on line ends: one OL followed by loss ends no outage, stable mains start anew (A4, E3), and
    /// what was spent on line within an outage is not time on battery (D1).</summary>
    private UpsEvidence OffLine(TimeSpan at)
    {
        var spent = OnLineSince is { } since && OnBatterySince is not null ? at - since : TimeSpan.Zero;
        return this with
        {
            OnLineSince = null,
            OnLineReadings = 0,
            OnLineWithin = OnLineWithin + spent,
            LeftLineAt = OnLineSince is null ? LeftLineAt : at,
        };
    }

    /// <summary>A4: two readings spanning confirmSeconds, by timer while the newest still says OB; a loss after OB
    /// confirms by deadSeconds. A9: sooner or later by what witnesses say.</summary>
    private UpsEvidence WithConfirmation(TimeSpan now)
    {
        if (
            ConfirmedAt is not null
            || OnBatterySince is not { } since
            || Last?.Status.HasFlag(UpsStatus.OB) != true
            || MaskedAt(now) is not null
        )
            return this;
        var confirms = Comm == Comm.Ok && Confirms(now - since);
        return confirms || Dead(now) ? this with { ConfirmedAt = now } : this;
    }

    private UpsEvidence WithOutageEnd(TimeSpan now) =>
        ConfirmedAt is not null
        && OnLineSince is { } since
        && OnLineReadings >= 2
        && Comm == Comm.Ok
        && now - since >= OutageEnd
            ? WithoutOutage()
            : this;

    private UpsEvidence WithoutOutage() =>
        this with
        {
            OnBatterySince = null,
            OnBatteryReadings = 0,
            ConfirmedAt = null,
            OnLineWithin = TimeSpan.Zero,
            ByLoss = false,
        };

    private static string StatusWords(UpsReading reading) =>
        reading.UnknownFlags.Length == 0 ? "empty" : string.Join(' ', reading.UnknownFlags);
}

/// <summary>A value that was known, when it was last reported, and when this very value was first seen.</summary>
public sealed record Known(double Value, TimeSpan At, TimeSpan FirstSeen);
