namespace VmPowerManager.Core.Power;

/// <summary>How a trustworthy reading changes what is known.</summary>
public sealed partial record UpsEvidence
{
    private const double ShortestSlopeSeconds = 10;

    private UpsEvidence Trust(UpsReading reading)
    {
        var (at, status) = (reading.Taken, reading.Status);
        if (at <= Last?.Taken)
            return this; // Told twice, or late: it proves nothing new.
        var changed = Last?.Status != status;
        var known = this with
        {
            Last = reading,
            ByLoss = false,
            Fault = null,
            Misses = 0,
            Comm = Comm.Ok,
            MaskSince = Streak(MaskSince, status.HasFlag(UpsStatus.CAL) || status.HasFlag(UpsStatus.TEST), at),
            LowSince = Streak(LowSince, status.HasFlag(UpsStatus.LB), at),
            OverSince = Streak(OverSince, status.HasFlag(UpsStatus.OVER) && status.HasFlag(UpsStatus.OB), at),
            OffSince = Streak(changed ? null : OffSince, status.HasFlag(UpsStatus.OFF), at),
        };
        return known.WithFsd(Last?.Status, status).WithValues(reading).WithSupply(reading).WithDepletion(reading);
    }

    private static TimeSpan? Streak(TimeSpan? since, bool holds, TimeSpan at) => holds ? since ?? at : null;

    /// <summary>A5: FSD acts on its rising edge; with OL at first sight, or once mains is back, it is only latched. One that
    /// rose unseen while mains was away, and is first read with OL, is as old as the outage.</summary>
    private UpsEvidence WithFsd(UpsStatus? before, UpsStatus now)
    {
        if (!now.HasFlag(UpsStatus.FSD))
            return this with { FsdActive = false, FsdLatched = false };
        var onLine = now.HasFlag(UpsStatus.OL) && !now.HasFlag(UpsStatus.OB);
        var mainsCameBack = onLine && before is { } was && !IsOnLine(was);
        var rises = before is { } last
            ? !last.HasFlag(UpsStatus.FSD) && !(onLine && last.HasFlag(UpsStatus.OB))
            : !onLine;
        var active = rises || (FsdActive && !mainsCameBack);
        return this with { FsdActive = active, FsdLatched = !active };
    }

    private UpsEvidence WithValues(UpsReading reading)
    {
        var slope = ChargeSlope;
        if (reading.BatteryChargePercent is { } charge && Charge is { } before && charge != before.Value)
        {
            // One step of charge within a second of another is a step, not a slope.
            var seconds = Math.Max((reading.Taken - before.FirstSeen).TotalSeconds, ShortestSlopeSeconds);
            slope = (charge - before.Value) / seconds;
        }
        return this with
        {
            ChargeSlope = slope,
            Charge = Newer(Charge, reading.BatteryChargePercent, reading.Taken),
            Runtime = Newer(Runtime, reading.BatteryRuntimeSeconds, reading.Taken),
        };
    }

    /// <summary>An unchanged charge keeps the time when it was first seen, so that the slope spans the whole step.</summary>
    private static Known? Newer(Known? known, double? value, TimeSpan at) =>
        value is { } v ? new Known(v, at, known?.Value == v ? known.FirstSeen : at) : known;

    private UpsEvidence WithSupply(UpsReading reading)
    {
        var at = reading.Taken;
        if (IsOnLine(reading.Status))
        {
            return this with
            {
                OnLineSince = OnLineSince ?? at,
                OnLineReadings = OnLineReadings + 1,
                OnBatteryReadings = 0,
                OnBatterySince = ConfirmedAt is null ? null : OnBatterySince,
                UsualInputVoltage = reading.InputVoltage ?? UsualInputVoltage,
                UsualLoadPercent = ConfirmedAt is null ? reading.LoadPercent ?? UsualLoadPercent : UsualLoadPercent,
            };
        }
        var offLine = OffLine(at);
        if (!reading.Status.HasFlag(UpsStatus.OB)) // Neither on line nor on battery: an unconfirmed outage is seen anew (A4).
            return ConfirmedAt is null ? offLine.WithoutOutage() : offLine;
        if (offLine.MaskedAt(at) is not null) // Begins after OB was seen? When it ends, time on battery starts at zero (A5).
            return offLine.WithoutOutage();
        if (OnBatterySince is not null)
            return offLine with { OnBatteryReadings = OnBatteryReadings + 1 };
        // A slope is one of this outage: hours at 100 % before it say nothing (A6, A8).
        return offLine with
        {
            OnBatterySince = at,
            OnBatteryReadings = 1,
            ChargeSlope = 0,
            Charge = Charge is null ? null : Charge with { FirstSeen = at },
        };
    }

    private static bool IsOnLine(UpsStatus status) =>
        status.HasFlag(UpsStatus.OL) && (status & (UpsStatus.OB | UpsStatus.OFF | UpsStatus.BYPASS)) == UpsStatus.None;
}
