using System.Collections.Immutable;

namespace VmPowerManager.Core.Power;

/// <summary>How fast the battery empties, robustly: charge comes in steps of one percent and more, drops when the load
/// moves to the battery, and may be reported at any pace.</summary>
public sealed partial record UpsEvidence
{
    /// <summary>Charge that falls with the transfer itself says nothing of what the load takes.</summary>
    private static readonly TimeSpan Sag = TimeSpan.FromSeconds(30);

    /// <summary>Nothing is said of an outage that is younger than this.</summary>
    private static readonly TimeSpan DepletionGrace = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DepletionWindow = TimeSpan.FromMinutes(5);

    /// <summary>Changes of charge that come quicker are one change: thirty fill the window.</summary>
    private static readonly TimeSpan DepletionGrain = TimeSpan.FromSeconds(10);

    /// <summary>When the charge changed within this outage, oldest first: those of the last five minutes, two at least. The
    /// first is the charge when the sag of the transfer was over.</summary>
    public ImmutableArray<ChargeAt> Charges { get; init; } = [];

    /// <summary>Percent a minute that the battery loses, over the last five minutes; null: not on battery, not for 90 s
    /// yet, or the charge is unknown. Zero while it does not move. Never more than what one further step of charge would
    /// make it: a battery whose charge has stopped falling is not said to fall as it did.</summary>
    public double? DepletionPercentPerMinute(TimeSpan now)
    {
        if (!OnBattery || Charge is not { } newest || Charges.IsDefaultOrEmpty || OnBatteryFor(now) < DepletionGrace)
            return null;
        var (first, last) = (Charges[0], Charges[^1]);
        var lost = first.Percent - last.Percent;
        if (lost <= 0)
            return 0;
        var step = Math.Max(1, Math.Abs(Charges[^2].Percent - last.Percent));
        var between = Rate(lost, last.At - first.At);
        var atMost = Rate(lost + step, newest.At - first.At);
        return Math.Min(between, atMost);
    }

    private static double Rate(double percent, TimeSpan span) => percent / Math.Max(span.TotalMinutes, 1.0 / 60);

    private UpsEvidence WithDepletion(UpsReading reading)
    {
        if (OnBatterySince is not { } since || OnLineSince is not null)
            return OnBatterySince is null && !Charges.IsDefaultOrEmpty ? this with { Charges = [] } : this;
        if (reading.BatteryChargePercent is not { } percent)
            return this;
        var here = new ChargeAt(reading.Taken, percent);
        var known = Charges.IsDefault ? [] : Charges;
        if (known.Length == 0 || reading.Taken - since < Sag)
            return this with { Charges = [here] };
        if (known[^1].Percent == percent)
            return this;
        if (known.Length > 1 && here.At - known[^2].At < DepletionGrain)
            known = known.RemoveAt(known.Length - 1);
        known = known.Add(here);
        while (known.Length > 2 && here.At - known[1].At >= DepletionWindow)
            known = known.RemoveAt(0);
        return this with { Charges = known };
    }
}

/// <summary>A charge, and when it was first reported.</summary>
public sealed record ChargeAt(TimeSpan At, double Percent);
