using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What everyone should know besides: masks, silence, standing words, debts, whether it acts.</summary>
internal sealed partial class Explainer
{
    private void SayBesides()
    {
        foreach (var ups in Upses)
            SayUps(ups);
        SayStanding();
        SayDebts();
        SayDisarmed();
    }

    private void SayUps(UpsEvidence ups)
    {
        var name = ups.Policy.Name;
        if (!ups.Policy.Enabled)
            return;
        if (ups.MaskedAt(_now.Elapsed) is { } mask)
            SayMask(ups, mask);
        else if (ups.Comm != Comm.Ok && _stage != "unknown")
            SaySilent(ups);
        if (ups.FsdLatched)
            Say(
                $"{name} still shows the forced shutdown of an outage that is over; it is ignored until it clears.",
                "A5"
            );
    }

    private void SayMask(UpsEvidence ups, MaskKind mask)
    {
        var name = ups.Policy.Name;
        var what = mask == MaskKind.Test ? Sentence.Of($"tests itself") : Sentence.Of($"is being calibrated");
        if (ups.Last?.InputVoltage is not null)
            Say($"{name} {what}: that it runs on battery does not count while its input has voltage.", "A5", "I9");
        else if (mask == MaskKind.Calibration)
            Say(
                $"{name} {what}: that it runs on battery does not count until its battery is nearly empty.",
                "A5",
                "I9"
            );
        else
        {
            var left = Left((ups.MaskSince ?? _now.Elapsed) + TimeSpan.FromMinutes(5));
            Say($"{name} {what}: that it runs on battery does not count for another {Clock(left)}.", "A5", "I9");
            Announce($"The self-test of {name} hides nothing any more", left);
        }
    }

    /// <summary>I7, B4: silence alone does nothing on mains; with another supply failing it soon counts as zero.</summary>
    private void SaySilent(UpsEvidence ups)
    {
        var name = ups.Policy.Name;
        if (ups.Last is not { } last)
        {
            Say($"{name} has not been heard yet; that alone shuts nothing down.", "A2", "I7");
            return;
        }
        var silent = Words.Clock(_now.Elapsed - last.Taken);
        var dead = last.Taken + TimeSpan.FromSeconds(ups.Policy.DeadSeconds);
        if (ups.OnBattery)
            Say($"{name} is silent for {silent}, on battery when it was last heard.", "A2", "A8");
        else if (!Upses.Any(u => u != ups && u.Fails(_now.Elapsed)))
            Say($"{name} is silent for {silent}; that alone shuts nothing down.", "A2", "I7");
        else if (ups.CountsForNothing(_now.Elapsed))
            Say($"{name} is silent for {silent} and counts for nothing while another supply fails.", "B4", "I7");
        else
            Say(
                $"{name} is silent for {silent}; as another supply fails it counts for nothing in {Clock(Left(dead))}.",
                "B4",
                "I7"
            );
    }

    /// <summary>Maintenance, what is planned, what witnesses say.</summary>
    private void SayStanding()
    {
        foreach (var note in StandingWords.Of(_model, _state, _now))
            Say(note);
        if (_state.Maintenance is { } pause)
        {
            _rules.Add("F4");
            Announce($"Maintenance ends", Math.Max(0, (pause.Until - _now.Wall).TotalSeconds));
        }
        if (Upses.Any(u => u.ByLoss))
            _rules.Add("A9");
        if (Plan.Schedule?.PlannedAt is not { } planned || planned <= _now.Wall || planned == _state.PlannedDone)
            return;
        _rules.Add("F5");
        if (_model.Armed && Run is null)
            Announce($"The planned shutdown begins", (planned - _now.Wall).TotalSeconds);
    }

    private void SayDebts()
    {
        if (_state.Debts.IsEmpty)
            return;
        var first = _state.Debts.OrderBy(d => d.Status == DebtStatus.Failed ? 0 : 1).First();
        var what = Words.Bare(first.What);
        Say(
            _state.Debts.Length == 1
                ? Sentence.Of($"To be undone yet on {first.Target.Name}: {what}.")
                : Sentence.Of($"To be undone yet on {first.Target.Name}: {what}, and {_state.Debts.Length - 1} more.")
        );
        _rules.Add("C10");
        if (first.Status == DebtStatus.Failed)
            Say($"Undoing it failed {first.Attempts} times: {first.Detail}");
    }

    /// <summary>F1: a plan that will not act says so, in an outage with the time that is left.</summary>
    private void SayDisarmed()
    {
        if (_model.Armed || _stage is "shuttingDown" or "startingUp" or "rehearsing" or "drilling")
            return;
        if (_stage is not ("onBattery" or "held" or "maintenance" or "down") || !_worst.Failing)
            Say($"The plan is not armed: it will not act.", "F1");
        else if (Runtime is { } left)
            Say(
                $"The plan is not armed: nothing will be shut down, and the battery is empty in about {Words.Duration(left)}.",
                "F1"
            );
        else
            Say(
                $"The plan is not armed: nothing will be shut down, and nobody knows how long the battery lasts.",
                "F1"
            );
    }
}
