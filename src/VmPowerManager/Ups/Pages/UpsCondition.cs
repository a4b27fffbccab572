using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Ups.Pages;

/// <summary>How a UPS is, in one condition and one word for it. Pure; words are keys of <see cref="Strings"/>.</summary>
public static class UpsCondition
{
    public static Condition Of(UpsStreamView ups) => Both(ups).Condition;

    /// <summary>What to say beside the icon: <c>On mains</c>, <c>On battery</c>, <c>No data</c> ...</summary>
    public static string Word(UpsStreamView ups) => Both(ups).Word;

    /// <summary>The same for a reading that belongs to no saved UPS: a test's.</summary>
    public static (Condition Condition, string Word) Of(UpsReadingView reading) =>
        Lost(reading) ?? Alert(reading) ?? Working(reading) ?? Flagged(reading) ?? Plain(reading);

    /// <summary>No reading worth a word has come since this UPS is watched: its values are all unknown, and its time is that
    /// of the last try.</summary>
    public static bool NeverRead(UpsReadingView reading) =>
        reading is { Comm: Comm.Lost, Status.Count: 0, UnknownFlags.Count: 0 };

    private static (Condition Condition, string Word) Both(UpsStreamView ups) =>
        ups switch
        {
            { Enabled: false } => (Condition.Unknown, "Not watched"),
            { Reading: null } => (Condition.Unknown, "Not read yet"),
            { Reading: { } reading, Battery: BatteryNeed.Replace } when Of(reading) is (Condition.Normal, _) => (
                Condition.Attention,
                "Replace the battery"
            ),
            { Reading: { } reading } => Of(reading),
        };

    /// <summary>What the last reading said stays critical, or on battery, though nobody answers any more.</summary>
    private static (Condition, string)? Lost(UpsReadingView reading) =>
        reading switch
        {
            { Comm: Comm.Ok } => null,
            { Critical: true } => (Condition.Critical, "Critical, no data"),
            { OnBattery: true } => (Condition.Attention, "On battery, no data"),
            { Comm: Comm.Stale } => (Condition.Unknown, "Data are old"),
            _ => (Condition.Unknown, "No data"),
        };

    private static (Condition, string)? Alert(UpsReadingView reading) =>
        reading switch
        {
            { Critical: true, LowBattery: true } => (Condition.Critical, "Low battery"),
            { Critical: true } when Has(reading, UpsStatus.FSD) => (Condition.Critical, "Forced shutdown"),
            { Critical: true } when Has(reading, UpsStatus.OVER) => (Condition.Critical, "Overloaded on battery"),
            { Critical: true } when Has(reading, UpsStatus.OFF) => (Condition.Critical, "Output is off"),
            { Critical: true } => (Condition.Critical, "Critical"),
            { OnBattery: true } => (Condition.Attention, "On battery"),
            { Masked: null } when Has(reading, UpsStatus.OB) => (Condition.Attention, "On battery, not confirmed"),
            _ => null,
        };

    private static (Condition, string)? Working(UpsReadingView reading) =>
        reading.Masked == MaskKind.Calibration || Has(reading, UpsStatus.CAL) ? (Condition.Working, "Calibration runs")
        : reading.Masked == MaskKind.Test || Has(reading, UpsStatus.TEST) ? (Condition.Working, "Self-test runs")
        : null;

    /// <summary>On mains, but not as it should be. The gravest is named; the others have their chips.</summary>
    private static (Condition, string)? Flagged(UpsReadingView reading) =>
        UpsFlag
            .Of(reading)
            .Where(flag => flag.Condition == Condition.Attention)
            .Select(flag => ((Condition, string)?)(Condition.Attention, flag.Word))
            .FirstOrDefault();

    private static (Condition, string) Plain(UpsReadingView reading) =>
        Has(reading, UpsStatus.OL) ? (Condition.Normal, "On mains") : (Condition.Unknown, "Status unknown");

    private static bool Has(UpsReadingView reading, UpsStatus flag) => reading.Status.Contains(flag.ToString());
}
