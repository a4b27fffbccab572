namespace VmPowerManager.Core.Power;

/// <summary>What others than the UPS itself say about its mains (A9).</summary>
public enum WitnessVerdict
{
    /// <summary>Nobody has anything to say, or they disagree.</summary>
    None,

    /// <summary>Mains is gone there too.</summary>
    Agree,

    /// <summary>Mains is still there.</summary>
    Doubt,
}

/// <summary>A9: witnesses shorten or lengthen confirmation, within bounds.</summary>
public sealed partial record UpsEvidence
{
    private static readonly TimeSpan AgreedConfirm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(10);

    /// <summary>Set by the plan before each step.</summary>
    public WitnessVerdict Witness { get; init; }

    /// <summary>The plan took the loss of all UPSes at once for an outage: no reading of this one says so (A9).</summary>
    public bool ByLoss { get; init; }

    /// <summary>How long OB must last by this UPS's own settings and by what its witnesses say. Doubt is never longer than
    /// three times confirmSeconds or 10 s, and counts for nothing where one reading is to be enough, or where the UPS's own
    /// signs are grave.</summary>
    public TimeSpan ConfirmTime
    {
        get
        {
            var own = TimeSpan.FromSeconds(Policy.ConfirmSeconds);
            return Witness switch
            {
                WitnessVerdict.Agree when own > AgreedConfirm => AgreedConfirm,
                WitnessVerdict.Doubt when own > TimeSpan.Zero && !Grave => Longer(own * 3, LongestDoubt),
                _ => own,
            };
        }
    }

    /// <summary>LB, FSD, or an input that is measured to be dead: no witness outweighs these.</summary>
    private bool Grave =>
        Last is { } last
        && (
            last.Status.HasFlag(UpsStatus.LB)
            || last.Status.HasFlag(UpsStatus.FSD)
            || last.InputVoltage < Nominal(last) / 10
            || last.BatteryRuntimeSeconds < NeedSeconds
        );

    /// <summary>Enough readings say OB: two, or with a witness the first if it lasts a second.</summary>
    private bool EnoughReadings(TimeSpan lasted) =>
        Policy.ConfirmSeconds <= 0
        || OnBatteryReadings >= 2
        || (Witness == WitnessVerdict.Agree && lasted >= AgreedConfirm);

    /// <summary>With a witness the second reading is enough, however quick it came.</summary>
    private bool Confirms(TimeSpan lasted) =>
        EnoughReadings(lasted)
        && (lasted >= ConfirmTime || (Witness == WitnessVerdict.Agree && OnBatteryReadings >= 2));

    /// <summary>A9: lost together with all others of its targets, while the mains witnesses fell silent: on battery since
    /// its last word.</summary>
    public UpsEvidence LostWithMains(TimeSpan now) =>
        this with
        {
            ByLoss = true,
            OnBatterySince = Last?.Taken ?? now,
            OnBatteryReadings = 0,
            ConfirmedAt = now,
            OnLineWithin = TimeSpan.Zero,
        };

    /// <summary>The mains witness answers again, and no reading ever said OB: it was the way to the UPS that was lost.</summary>
    public UpsEvidence LostAlone() => ByLoss ? WithoutOutage() : this;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
