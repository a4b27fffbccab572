using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>The events that a change of evidence makes. Pure.</summary>
internal static class UpsTransitions
{
    private sealed record FlagEvent(UpsStatus Flag, string Type, Severity Severity, Sentence Begins, Sentence Ends);

    private static readonly FlagEvent[] Flags =
    [
        new(UpsStatus.OFF, "ups.off", Severity.Warning, $"The output is off", $"The output is on again"),
        new(
            UpsStatus.BYPASS,
            "ups.bypass",
            Severity.Warning,
            $"Running on bypass: no battery behind it",
            $"Off bypass"
        ),
        new(UpsStatus.OVER, "ups.overload", Severity.Warning, $"Overloaded", $"No longer overloaded"),
        new(
            UpsStatus.RB,
            "ups.replaceBattery",
            Severity.Warning,
            $"Asks for a new battery",
            $"Asks no more for a new battery"
        ),
    ];

    /// <summary>Events for the step from <paramref name="before"/> to <paramref name="after"/>, in order.</summary>
    /// <param name="onBattery">How it is said that it is on battery, with what witnesses say.</param>
    public static IEnumerable<NewEvent> Between(
        UpsSnapshot before,
        UpsSnapshot after,
        TimeSpan now,
        Func<UpsEvidence, Sentence> onBattery
    )
    {
        var (was, @is) = (before.Facts, after.Facts);
        var changes = Comm(was, @is, after)
            .Concat(Supply(was, @is, before, now, () => onBattery(after.Evidence)))
            .Concat(State(was, @is))
            .Concat(FlagChanges(was, @is))
            .Concat(Alarm(before, after))
            .Concat(Implausible(before, after));
        return changes.Select(change => Complete(change, after, now));
    }

    private static IEnumerable<NewEvent> Comm(UpsFacts was, UpsFacts @is, UpsSnapshot after)
    {
        if (was.Comm == @is.Comm)
            yield break;
        var words = after.Evidence.Fault?.Words is { } said ? Sentence.Verbatim(said) : Sentence.Of($"no answer");
        yield return @is.Comm switch
        {
            // Not "back": every start of the program would tell people of every UPS.
            Core.Power.Comm.Ok when was.Comm is null => Say("ups.answers", Severity.Info, $"Answers"),
            Core.Power.Comm.Ok => Say("ups.commOk", Severity.Info, $"Answers again"),
            Core.Power.Comm.Stale => Say("ups.commStale", Severity.Info, $"No trustworthy reading: {words}"),
            _ => Say("ups.commLost", Severity.Warning, $"Communication lost: {words}"),
        };
    }

    private static IEnumerable<NewEvent> Supply(
        UpsFacts was,
        UpsFacts @is,
        UpsSnapshot before,
        TimeSpan now,
        Func<Sentence> onBattery
    )
    {
        if (@is.OnBattery && !was.OnBattery)
            yield return Say("ups.onBattery", Severity.Warning, onBattery());
        else if (@is.OnBatterySeen && !was.OnBatterySeen)
            yield return Say("ups.onBatteryUnconfirmed", Severity.Info, $"On battery, not confirmed yet");
        if (was.OnBatterySeen && !@is.OnBatterySeen)
        {
            var lasted = before.Evidence.OnBatteryFor(now) ?? TimeSpan.Zero;
            if (!was.OnBattery)
                yield return Say(
                    "ups.flicker",
                    Severity.Info,
                    $"On battery for {lasted.TotalSeconds:0.0} s, not confirmed"
                );
            else if (@is.Masked is null)
                yield return Say("ups.onLine", Severity.Info, $"On line after {lasted.TotalSeconds:0} s on battery");
        }
        if (was.InOutage && !@is.InOutage)
            yield return Say("ups.outageEnded", Severity.Info, $"The outage is over");
    }

    private static IEnumerable<NewEvent> State(UpsFacts was, UpsFacts @is)
    {
        if (@is.LowBattery != was.LowBattery)
            yield return @is.LowBattery
                ? Say("ups.lowBattery", Severity.Critical, $"Low battery")
                : Say("ups.lowBatteryEnded", Severity.Info, $"The battery is no longer low");
        if (@is.FsdActive && !was.FsdActive)
            yield return Say("ups.fsd", Severity.Critical, $"Forced shutdown is asked for");
        if (@is.FsdLatched && !was.FsdLatched)
            yield return Say("ups.fsdLatched", Severity.Warning, $"Forced shutdown is still set, but acted on no more");
        if ((was.FsdActive || was.FsdLatched) && !@is.FsdActive && !@is.FsdLatched)
            yield return Say("ups.fsdCleared", Severity.Info, $"Forced shutdown is cleared");
        if (@is.CriticalBecause is { } because && was.CriticalBecause is null)
            yield return Say("ups.critical", Severity.Critical, $"Critical: {because}");
        if (@is.CriticalBecause is null && was.CriticalBecause is not null)
            yield return Say("ups.criticalEnded", Severity.Info, $"No longer critical");
        if (@is.Masked is { } mask && was.Masked is null)
            yield return Say(
                "ups.masked",
                Severity.Info,
                $"{Word(mask)} runs: on battery and low battery do not count"
            );
        if (@is.Masked is null && was.Masked is { } ended)
            yield return Say(
                "ups.unmasked",
                Severity.Info,
                $"{Word(ended)} no longer hides on battery and low battery"
            );
    }

    private static Sentence Word(MaskKind mask) =>
        mask == MaskKind.Test ? Sentence.Of($"Test") : Sentence.Of($"Calibration");

    private static IEnumerable<NewEvent> FlagChanges(UpsFacts was, UpsFacts @is) =>
        from flag in Flags
        let now = @is.Status.HasFlag(flag.Flag)
        where now != was.Status.HasFlag(flag.Flag)
        select now ? Say(flag.Type, flag.Severity, flag.Begins) : Say($"{flag.Type}Ended", Severity.Info, flag.Ends);

    /// <summary>Again when the device's words for it change: another alarm has joined.</summary>
    private static IEnumerable<NewEvent> Alarm(UpsSnapshot before, UpsSnapshot after)
    {
        var (was, @is) = (before.Facts.Alarm, after.Facts.Alarm);
        if (@is is not null && @is != was)
            yield return Say(
                "ups.alarm",
                Severity.Warning,
                @is.Length == 0 ? Sentence.Of($"Reports an alarm") : Sentence.Of($"Reports an alarm: \"{@is}\"")
            );
        else if (@is is null && was is not null)
            yield return Say("ups.alarmEnded", Severity.Info, $"The alarm is over");
    }

    /// <summary>Once for each value: a missing sensor says 255 for ever.</summary>
    private static IEnumerable<NewEvent> Implausible(UpsSnapshot before, UpsSnapshot after) =>
        after
            .Implausible.Keys.Where(name => !before.Implausible.ContainsKey(name))
            .Select(name =>
                Say("ups.valueImplausible", Severity.Info, $"{name} cannot be true and is taken as unknown")
            );

    private static NewEvent Say(string type, Severity severity, Sentence message) => new(type, severity, "", message);

    /// <summary>Names the UPS and adds the values that decided.</summary>
    private static NewEvent Complete(NewEvent change, UpsSnapshot after, TimeSpan now)
    {
        var last = after.Evidence.Last;
        return change with
        {
            Source = after.Config.Label,
            Text = $"{after.Config.Label}: {change.Text.Bare()}.",
            UpsId = after.Config.Id,
            Data = new
            {
                Comm = after.Evidence.Comm,
                Status = UpsReadingView.Tokens(last),
                last?.BatteryChargePercent,
                last?.BatteryRuntimeSeconds,
                last?.InputVoltage,
                last?.LoadPercent,
                OnBatterySeconds = after.Evidence.OnBatteryFor(now)?.TotalSeconds,
                after.Evidence.OnBatteryReadings,
                after.Config.Policy.ConfirmSeconds,
                after.Config.Policy.DeadSeconds,
                CriticalBecause = after.Facts.CriticalBecause?.ToString(),
                Error = after.Evidence.Fault?.Words,
            },
        };
    }
}
