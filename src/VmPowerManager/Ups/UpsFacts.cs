using VmPowerManager.Core;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>What the evidence says at a moment, as far as a change of it is worth an event.</summary>
public sealed record UpsFacts
{
    private const UpsStatus NotNormal = UpsStatus.LB | UpsStatus.OVER | UpsStatus.CAL | UpsStatus.TEST;

    public static readonly UpsFacts None = new();

    /// <summary>Null until the first reading, or the third poll without one: a start is not a loss.</summary>
    public Comm? Comm { get; init; }
    public bool OnBatterySeen { get; init; }
    public bool OnBattery { get; init; }
    public bool InOutage { get; init; }
    public bool LowBattery { get; init; }
    public Sentence? CriticalBecause { get; init; }
    public MaskKind? Masked { get; init; }
    public bool FsdActive { get; init; }
    public bool FsdLatched { get; init; }
    public UpsStatus Status { get; init; }

    /// <summary>What the ALARM flag stands for, empty where the device does not say; null without the flag.</summary>
    public string? Alarm { get; init; }

    /// <summary>On mains, with nothing that could soon need a quick answer: the slow cadence will do.</summary>
    public bool IsNormal { get; init; }

    public static UpsFacts Of(UpsEvidence evidence, UpsFacts before, TimeSpan now)
    {
        var known = evidence.Last is not null || evidence.Misses >= 3;
        var status = evidence.Last?.Status ?? UpsStatus.None;
        return new UpsFacts
        {
            Comm = known ? evidence.Comm : before.Comm,
            OnBatterySeen = evidence.OnBatterySeen,
            OnBattery = evidence.OnBattery,
            InOutage = evidence.InOutage,
            LowBattery = evidence.LowBattery(now),
            CriticalBecause = evidence.CriticalBecause(now),
            Masked = evidence.MaskedAt(now),
            FsdActive = evidence.FsdActive,
            FsdLatched = evidence.FsdLatched,
            Status = status,
            Alarm = status.HasFlag(UpsStatus.ALARM)
                ? evidence.Last?.Variables.GetValueOrDefault(UpsReadingView.AlarmText, "").Trim()
                : null,
            IsNormal =
                evidence.OnLine
                && evidence.Fault is null
                && !evidence.InOutage
                && !evidence.FsdActive
                && (status & NotNormal) == UpsStatus.None,
        };
    }
}
