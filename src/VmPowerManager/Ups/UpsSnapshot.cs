using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>Everything known of one UPS at a moment. Immutable; for pages, the API and the next poll.</summary>
public sealed record UpsSnapshot(UpsConfig Config, UpsEvidence Evidence, UpsFacts Facts)
{
    /// <summary>Older ones say nothing about now: their values are dropped.</summary>
    private static readonly TimeSpan FullLasts = TimeSpan.FromSeconds(120);

    /// <summary>The newest poll's result, or null before the first.</summary>
    public UpsObservation? Latest { get; init; }

    /// <summary>The newest complete reading; status reads lay their values over it.</summary>
    public UpsReading? Full { get; init; }

    /// <summary>How often each value was implausible since this UPS is watched (A1).</summary>
    public ImmutableSortedDictionary<string, int> Implausible { get; init; } =
        ImmutableSortedDictionary<string, int>.Empty;

    public static UpsSnapshot Unseen(UpsConfig config, TimeSpan now)
    {
        var evidence = UpsEvidence.Unseen(config.Policy, now);
        return new UpsSnapshot(config, evidence, UpsFacts.Of(evidence, UpsFacts.None, now));
    }

    /// <summary>Takes in what a poll brought. A status read's values are laid over the newest complete reading.</summary>
    public UpsSnapshot Observe(UpsOutcome outcome, TimeSpan now)
    {
        if (outcome.Reading is not { } status)
            return Observe(new UpsObservation(Config.Id, now, null, outcome.Fault), now);
        var plausible = Plausibility.Filter(Overlay(status));
        var counts = plausible.Removed.Aggregate(
            Implausible,
            (all, name) => all.SetItem(name, all.GetValueOrDefault(name) + 1)
        );
        var observation = new UpsObservation(Config.Id, plausible.Reading.Taken, plausible.Reading, null);
        return (this with { Implausible = counts }).Observe(observation, now);
    }

    /// <summary>Lets time pass without a poll.</summary>
    public UpsSnapshot Tick(TimeSpan now)
    {
        var evidence = Evidence.Tick(now);
        return this with { Evidence = evidence, Facts = UpsFacts.Of(evidence, Facts, now) };
    }

    private UpsSnapshot Observe(UpsObservation observation, TimeSpan now)
    {
        var evidence = Evidence.Observe(observation);
        return this with { Latest = observation, Evidence = evidence, Facts = UpsFacts.Of(evidence, Facts, now) };
    }

    private UpsReading Overlay(UpsReading status)
    {
        var full = Full is { } newest && status.Taken - newest.Taken < FullLasts ? newest : status;
        return full with
        {
            At = status.At,
            Taken = status.Taken,
            Status = status.Status,
            UnknownFlags = status.UnknownFlags,
            BatteryChargePercent = status.BatteryChargePercent,
            BatteryRuntimeSeconds = status.BatteryRuntimeSeconds,
            InputVoltage = status.InputVoltage,
            NominalInputVoltage = full.NominalInputVoltage ?? Config.Policy.NominalVoltage,
            Variables = WithAlarm(full, status),
        };
    }

    /// <summary>What the alarm is comes and goes with its flag, not with the next complete reading.</summary>
    private static ImmutableSortedDictionary<string, string> WithAlarm(UpsReading full, UpsReading status)
    {
        if (status.Variables.TryGetValue(UpsReadingView.AlarmText, out var alarm))
            return full.Variables.SetItem(UpsReadingView.AlarmText, alarm);
        var isOver = full.Status.HasFlag(UpsStatus.ALARM) && !status.Status.HasFlag(UpsStatus.ALARM);
        return isOver ? full.Variables.Remove(UpsReadingView.AlarmText) : full.Variables;
    }
}
