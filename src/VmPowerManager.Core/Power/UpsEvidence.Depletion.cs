using System.Collections.Immutable;

namespace VmPowerManager.Core.Power;

/// <summary>How fast the charge falls (POLICY C1). UPSes report whole percents, and the first of them is often lost at
/// once: the rate is taken over a window, not from one step to the next.</summary>
public sealed partial record UpsEvidence
{
    private static readonly TimeSpan DepletionWindow = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan DepletionLeast = TimeSpan.FromSeconds(20);
    private const int MostMarks = 40;

    /// <summary>Charges of the open outage as they changed, oldest first, a window's worth.</summary>
    public ImmutableArray<ChargeMark> Discharge { get; init; } = [];

    /// <summary>Percent a minute over the last two minutes on battery; null: on line, or too little was seen.</summary>
    public double? DepletionPercentPerMinute(TimeSpan now)
    {
        if (!OnBattery || Comm != Comm.Ok || Discharge.IsDefaultOrEmpty || Last?.BatteryChargePercent is not { } charge)
            return null;
        // The first mark still held when the window began.
        var from = Discharge[0].At > now - DepletionWindow ? Discharge[0].At : now - DepletionWindow;
        var minutes = (now - from).TotalMinutes;
        return now - from >= DepletionLeast ? Math.Max(0, (Discharge[0].Percent - charge) / minutes) : null;
    }

    /// <summary>Called with each trusted reading, after what it says of the supply is known.</summary>
    private UpsEvidence WithDischarge(UpsReading reading)
    {
        if (OnBatterySince is null || OnLineSince is not null)
            return Discharge.IsDefaultOrEmpty ? this : this with { Discharge = [] };
        if (reading.BatteryChargePercent is not { } charge)
            return this;
        var marks = Discharge.IsDefault ? [] : Discharge;
        if (marks.IsEmpty || marks[^1].Percent != charge)
            marks = marks.Add(new ChargeMark(charge, reading.Taken));
        // The oldest one stays as long as the next is not old enough itself: the window is never shorter than asked for.
        while (marks.Length > 2 && (marks[1].At <= reading.Taken - DepletionWindow || marks.Length > MostMarks))
            marks = marks.RemoveAt(0);
        return marks == Discharge ? this : this with { Discharge = marks };
    }
}

/// <summary>A charge, and when it was first seen.</summary>
public sealed record ChargeMark(double Percent, TimeSpan At);
