using System.Collections.Immutable;

namespace VmPowerManager.Core.Power;

/// <summary>What the evidence says at a moment.</summary>
public sealed partial record UpsEvidence
{
    private static readonly TimeSpan TestMask = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LowHold = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LostAtTransfer = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OverCritical = TimeSpan.FromSeconds(10);

    /// <summary>Discharge so quick that it bears out an early LB, percent a second (A6).</summary>
    private const double SteepSlope = -15.0 / 60;

    /// <summary>Time that a battery is taken to have left when nobody says (B3).</summary>
    public const double AssumedLowRuntimeSeconds = 120;

    /// <summary>A supply on mains: comm Ok, OL, enabled, and not told to go down (A3).</summary>
    public bool OnLine => Policy.Enabled && Comm == Comm.Ok && OnLineSince is not null && !FsdActive;

    /// <summary>The confirmed state (A4). Stays through loss of comm; a reading on line ends it, or pauses it.</summary>
    public bool OnBattery => Policy.Enabled && ConfirmedAt is not null && OnLineSince is null;

    /// <summary>OB is seen and unmasked, confirmed or not.</summary>
    public bool OnBatterySeen => Policy.Enabled && OnBatterySince is not null && OnLineSince is null;

    /// <summary>Mains was seen lost and has not been back long enough to call it over.</summary>
    public bool InOutage => Policy.Enabled && ConfirmedAt is not null;

    /// <summary>Told to go down by FSD, and not only by one that outlived its outage (A5).</summary>
    public bool ForcedDown => Policy.Enabled && FsdActive;

    /// <summary>A reading has come since this process watches: what was known before it is a memory (F7).</summary>
    public bool SeenSinceStart => Last is { } last && last.Taken >= WatchedSince;

    /// <summary>Nothing of it can be trusted at this moment (A3).</summary>
    public bool Untrusted => !Policy.Enabled || Comm != Comm.Ok || (!OnLine && !OnBatterySeen && Fault is not null);

    /// <summary>On battery by a reading of this process, or silent for deadSeconds since it was on battery (A4, F7).</summary>
    public bool Fails(TimeSpan now) => ForcedDown || (OnBattery && (SeenSinceStart || Dead(now)));

    /// <summary>B4: once another supply fails it counts for nothing: disabled, silent for deadSeconds, or for as long
    /// neither on line nor on battery (A3: BYPASS, OFF). Masked and unconfirmed batteries are neither.</summary>
    public bool CountsForNothing(TimeSpan now)
    {
        if (!Policy.Enabled)
            return true;
        if (Untrusted)
            return Dead(now) && !OnBattery;
        var elsewhere = !OnLine && !OnBattery && !OnBatterySeen && MaskedAt(now) is null;
        return elsewhere && now - (LeftLineAt ?? WatchedSince) >= TimeSpan.FromSeconds(Policy.DeadSeconds);
    }

    /// <summary>No trustworthy reading for deadSeconds (A2).</summary>
    public bool Dead(TimeSpan now) => SilentFor(now) >= TimeSpan.FromSeconds(Policy.DeadSeconds);

    /// <summary>Silence that we were there to hear: our own absence is not the device's (F7).</summary>
    private TimeSpan SilentFor(TimeSpan now) =>
        now - (Last is { } last && last.Taken > WatchedSince ? last.Taken : WatchedSince);

    /// <summary>Battery runtime under which this UPS itself calls the battery low, seconds.</summary>
    public double NeedSeconds => Last?.BatteryRuntimeLowSeconds ?? AssumedLowRuntimeSeconds;

    /// <summary>Time on battery in the open outage, flicker added up; null when none is open.</summary>
    public TimeSpan? OnBatteryFor(TimeSpan now)
    {
        if (!Policy.Enabled || OnBatterySince is not { } since)
            return null;
        var onLine = OnLineSince is { } back ? now - back : TimeSpan.Zero;
        return now - since - OnLineWithin - onLine;
    }

    /// <summary>Which mask hides OB and LB now, or null (A5).</summary>
    public MaskKind? MaskedAt(TimeSpan now)
    {
        if (MaskSince is not { } since || Last is not { } last)
            return null;
        var kind = last.Status.HasFlag(UpsStatus.CAL) ? MaskKind.Calibration : MaskKind.Test;
        if (last.InputVoltage is { } volts)
        {
            return volts >= Nominal(last) / 2 ? kind : null;
        }
        // A calibration of which neither voltage, charge nor runtime is known would mask for ever: it gets a test's time.
        var blind = last.BatteryChargePercent is null && last.BatteryRuntimeSeconds is null;
        if (kind == MaskKind.Test || blind)
            return now - since < TestMask ? kind : null;
        var drained = last.BatteryChargePercent < 15 || last.BatteryRuntimeSeconds < NeedSeconds;
        return drained ? null : kind;
    }

    private double Nominal(UpsReading last) =>
        Policy.NominalVoltage ?? last.NominalInputVoltage ?? UsualInputVoltage ?? 100;

    /// <summary>LB that counts: confirmed on battery, and not held back (A6). One that was set on line already is as old
    /// as the transfer: days of it beforehand bear nothing out.</summary>
    public bool LowBattery(TimeSpan now)
    {
        if (!OnBattery || LowSince is not { } seen || OnBatterySince is not { } since || MaskedAt(now) is not null)
            return false;
        var low = seen > since ? seen : since;
        var early = low - since <= LowHold;
        var lastsStill = now - low < LowHold;
        var full = Last?.BatteryChargePercent >= 50 && Last.BatteryRuntimeSeconds >= NeedSeconds;
        return !(early && lastsStill && full && ChargeSlope > SteepSlope);
    }

    /// <summary>Why this UPS cannot be counted on any longer, in a few words, or null.</summary>
    public Sentence? CriticalBecause(TimeSpan now)
    {
        if (!Policy.Enabled)
            return null;
        if (ForcedDown)
            return Sentence.Of($"forced shutdown (FSD)");
        if (LowBattery(now))
            return Sentence.Of($"low battery");
        if (OnBattery && Dead(now) && !LossExpected)
            return Sentence.Of($"silent for {Policy.DeadSeconds:0} s while on battery");
        if (OnBattery && OverSince is { } over && now - over >= OverCritical)
            return Sentence.Of($"overloaded on battery");
        return OffCritical(now) ? Sentence.Of($"output off for {Policy.OffSeconds:0} s") : null;
    }

    /// <summary>As <see cref="CriticalBecause"/>, without its words: asked for at every tick.</summary>
    public bool Critical(TimeSpan now) =>
        Policy.Enabled
        && (
            ForcedDown
            || LowBattery(now)
            || (OnBattery && ((Dead(now) && !LossExpected) || now - OverSince >= OverCritical))
            || OffCritical(now)
        );

    /// <summary>OFF for offSeconds, and not on battery (OFF while OB is OB): alone it may contradict hosts that answer (A7).</summary>
    public bool OffCritical(TimeSpan now) =>
        Policy.Enabled
        && Comm == Comm.Ok
        && OffSince is { } off
        && now - off >= TimeSpan.FromSeconds(Policy.OffSeconds)
        && Last?.Status.HasFlag(UpsStatus.OB) == false
        && MaskedAt(now) is null;

    /// <summary>Runtime in seconds; within an outage a value that is lost goes on as last value minus elapsed (A8).</summary>
    public double? RuntimeSeconds(TimeSpan now)
    {
        if (Runtime is not { } known)
            return null;
        if (Comm == Comm.Ok && Last?.BatteryRuntimeSeconds is not null)
            return known.Value;
        return LostWithin(known) is { } from ? Math.Max(0, known.Value - (now - from).TotalSeconds) : null;
    }

    /// <summary>Charge in percent; within an outage a value that is lost goes on by its last slope (A8).</summary>
    public double? ChargePercent(TimeSpan now)
    {
        if (Charge is not { } known)
            return null;
        if (Comm == Comm.Ok && Last?.BatteryChargePercent is not null)
            return known.Value;
        if (LostWithin(known) is not { } from)
            return null;
        var slope = Math.Min(0, ChargeSlope);
        return Math.Clamp(known.Value + (slope * (now - from).TotalSeconds), 0, 100);
    }

    /// <summary>From when a lost value is extrapolated: it was there within the outage or when it began. One that was lost
    /// long before is unknown (A8).</summary>
    private TimeSpan? LostWithin(Known known) =>
        OnBatterySince is not { } since || since - known.At > LostAtTransfer ? null
        : known.At > since ? known.At
        : since;

    /// <summary>Names (as in the API's reading) of the values that <see cref="RuntimeSeconds"/> and
    /// <see cref="ChargePercent"/> estimate now.</summary>
    public ImmutableArray<string> Estimated(TimeSpan now)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        if (ChargePercent(now) is not null && (Comm != Comm.Ok || Last?.BatteryChargePercent is null))
            names.Add("batteryChargePercent");
        if (RuntimeSeconds(now) is not null && (Comm != Comm.Ok || Last?.BatteryRuntimeSeconds is null))
            names.Add("batteryRuntimeSeconds");
        return names.ToImmutable();
    }

    /// <summary>The last reading, with lost values estimated within an outage.</summary>
    public UpsReading? Shown(TimeSpan now) =>
        Last is null
            ? null
            : Last with
            {
                BatteryChargePercent = ChargePercent(now) ?? Last.BatteryChargePercent,
                BatteryRuntimeSeconds = RuntimeSeconds(now) ?? Last.BatteryRuntimeSeconds,
            };

    /// <summary>When <see cref="Tick"/> or a view may next say something new without a new reading; null: never.</summary>
    public TimeSpan? NextDeadline(TimeSpan now)
    {
        if (Last is null)
            return null;
        TimeSpan?[] due =
        [
            OnBatterySince + TimeSpan.FromSeconds(Policy.ConfirmSeconds),
            OnBatterySince + AgreedConfirm,
            OnBatterySince + ConfirmTime,
            OnBatterySince + LowHold,
            Last.Taken + TimeSpan.FromSeconds(Policy.DeadSeconds),
            Last.Taken + TimeSpan.FromSeconds((3 * Policy.PollSeconds) + 2),
            Last.Taken + TimeSpan.FromSeconds(5),
            OffSince + TimeSpan.FromSeconds(Policy.OffSeconds),
            OverSince + OverCritical,
            LeftLineAt + TimeSpan.FromSeconds(Policy.DeadSeconds),
            WatchedSince + TimeSpan.FromSeconds(Policy.DeadSeconds),
            LowSince + LowHold,
            MaskSince + TestMask,
            InOutage ? OnLineSince + OutageEnd : null,
        ];
        return due.Where(d => d > now).Min();
    }
}
