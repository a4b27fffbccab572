using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What is to be said of the supplies while nothing runs: seen, confirmed, held (A4, B5, C1, F4).</summary>
internal sealed partial class Explainer
{
    private void SayBattery(NextPhase? next)
    {
        if (_worst.OffOnly)
        {
            Say($"A UPS says that its output is off; that alone shuts nothing down.", "A7");
            return;
        }
        var confirmed = Upses.Where(u => u.OnBattery || u.ForcedDown).Select(u => u.Policy.Name).ToList();
        if (_worst.Failing)
            Say($"On battery {Words.Clock(_worst.OnBatteryFor)}.", "A4", "B2");
        else if (confirmed.Count > 0)
            Say($"{Names(confirmed)} on battery; the other supplies are enough.", "B5");
        else
            SayUnconfirmed();
        if (_worst.CriticalBecause is { } critical && _worst.Failing)
            Say($"Critical: {critical}.", "C1");
        SayNext(next);
    }

    /// <summary>A4: how long it takes until what was seen counts.</summary>
    private void SayUnconfirmed()
    {
        var seen = Upses.Where(u => u.OnBatterySeen).ToList();
        if (seen.Count == 0)
            return;
        var first = seen.MinBy(u => CountsIn(u) ?? double.MaxValue);
        var name = first?.Policy.Name;
        if (first is null || CountsIn(first) is not { } seconds)
            Say($"{name} was seen on battery; the next reading that says so confirms it.", "A4");
        else if (first.Comm != Comm.Ok)
            Say($"{name} was seen on battery and is silent since; it counts in {Clock(seconds)}.", "A4", "A2");
        else
            Say($"{name} was seen on battery; it counts in {Clock(seconds)} if it stays so.", "A4");
        Announce($"The outage of {name} is confirmed", first is null ? null : CountsIn(first));
    }

    /// <summary>Null: a second reading is wanted first.</summary>
    private double? CountsIn(UpsEvidence ups)
    {
        if (ups.Comm != Comm.Ok && ups.Last is { } last)
            return Left(last.Taken + TimeSpan.FromSeconds(ups.Policy.DeadSeconds));
        if (ups.OnBatterySince is not { } since)
            return null;
        var left = Left(since + TimeSpan.FromSeconds(ups.Policy.ConfirmSeconds));
        return left > 0 || ups.OnBatteryReadings >= 2 ? left : null;
    }

    /// <summary>The first phase that has not begun, and what begins it.</summary>
    private NextPhase? NextPhase()
    {
        var phase = Plan.Phases.FirstOrDefault(p =>
            Run is not { Kind: RunKind.Shutdown } run || run.Steps.Any(s => s.Phase == p.Id && !s.Selected)
        );
        if (phase is null)
            return null;
        var trigger = phase.Trigger;
        double? wait = trigger.OnBatteryForSeconds is { } span
            ? Math.Max(0, Math.Max(span, Plan.OnBatteryDelaySeconds) - _worst.OnBatteryFor.TotalSeconds)
            : null;
        return new NextPhase(phase.Id, phase.Name, wait, Conditions(trigger));
    }

    private static Sentence? Conditions(TriggerDefinition trigger)
    {
        Sentence?[] any =
        [
            trigger.RuntimeBelowSeconds is { } r ? Sentence.Of($"below {Words.Duration(r)} runtime") : null,
            trigger.ChargeBelowPercent is { } c ? Sentence.Of($"below {c:0} % charge") : null,
            trigger.DepletionAbovePercentPerMinute is { } d
                ? Sentence.Of($"losing more than {d:0.#} % a minute")
                : null,
            trigger.LowBattery ? Sentence.Of($"at low battery") : null,
            trigger.Auto ? Sentence.Of($"at the latest moment that fits") : null,
        ];
        return any.OfType<Sentence>().Aggregate((Sentence?)null, Or);
    }

    private static Sentence Or(Sentence? one, Sentence other) => one is null ? other : Sentence.Of($"{one} or {other}");

    private void SayNext(NextPhase? next)
    {
        if (next is null)
            return;
        var first = Plan.Phases[0].Id == next.Id ? Sentence.Of($"First phase") : Sentence.Of($"Next phase");
        var wait = next.InSeconds is { } s ? Sentence.Of($"in {Clock(s)}") : null;
        var conditions = next.Because is { } because ? Or(wait, because) : wait;
        if (conditions is null)
        {
            Say($"{first} ({next.Name}) never begins by itself.", "C2");
            return;
        }
        Say($"{first} ({next.Name}) {conditions}; {ValuesNow(next)}.", "C1");
        if (_stage == "onBattery" && _model.Armed || Run is not null)
            Announce($"Phase \"{next.Name}\" begins", next.InSeconds, next.Because);
    }

    private Sentence ValuesNow(NextPhase next)
    {
        var trigger = Plan.Phases.First(p => p.Id == next.Id).Trigger;
        if (trigger.ChargeBelowPercent is not null && Charge is { } charge)
            return Runtime is { } both
                ? Sentence.Of($"now {Words.Duration(both)} and {charge:0} %")
                : Sentence.Of($"now {charge:0} %, runtime is unknown");
        return Runtime is { } left ? Sentence.Of($"now {Words.Duration(left)}") : Sentence.Of($"runtime is unknown");
    }

    private void SayHeld()
    {
        if (_state.Hold is not { } hold)
            return;
        Say($"Held by {hold.By}: no automatic run begins.", "F4");
        if (hold.Until is { } until)
        {
            var left = Math.Max(0, (until - _now.Wall).TotalSeconds);
            Say($"The hold ends in {Clock(left)}.");
            Announce($"The hold ends", left);
        }
        else if (hold.SawOutage)
            Say($"The hold ends with the outage.");
        else
            Say($"It lasts until somebody releases it.");
        Say(
            hold.EvenIfCritical
                ? Sentence.Of($"Not even critical power ends it.")
                : Sentence.Of($"Critical power ends it.")
        );
    }

    private void SayStopped()
    {
        switch (_state.Cycle)
        {
            case { StartFailed: true }:
                Say($"The startup ended with failures: a person decides what is tried again.", "E4");
                break;
            case { StartAt: { } at, StartWanted: false } when at > _now.Wall:
                Say($"Stopped as planned.", "F5"); // When it starts is told beside (StandingWords).
                Announce($"Startup begins", (at - _now.Wall).TotalSeconds);
                break;
            case { StartAfterLoss: true }:
                Say($"Stopped by hand: it starts once mains was lost and is stable again.", "F5");
                break;
            default:
                Say($"Stopped by hand: nothing starts by itself.", "F5");
                break;
        }
    }
}
