using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Which gate the startup waits for, and how far it is (E3, D1).</summary>
internal sealed partial class Explainer
{
    private void SayWaiting()
    {
        var turn = new Turn(_model, _state, _now);
        var best = Upses.Where(u => u.OnLine).MinBy(u => u.OnLineSince ?? TimeSpan.MaxValue);
        if (best is null)
        {
            Say($"Mains was seen, but no UPS is on line now.", "D1");
            return;
        }
        var gates = turn.Gates().Where(g => !g.Passes).DistinctBy(g => g.WaitsFor?.ToString()).ToList();
        if (gates.Count == 0)
            Say($"Mains is back; the startup begins.", "E3");
        else if (gates.Count == 1)
            Say($"Mains is back; the startup waits for {gates[0].WaitsFor}.", "E3", "D1");
        else
            Say($"Mains is back; the startup waits for {gates[0].WaitsFor}, then for more.", "E3", "D1");
        if (turn.StableMains > TimeSpan.FromSeconds(Plan.Startup.StableMainsSeconds))
            Say($"Mains came and went several times: it must be stable for longer.", "D1");
        if (!_model.Armed)
            return;
        var stable = Left((best.OnLineSince ?? _now.Elapsed) + turn.StableMains);
        var charge = WaitsForCharge(best);
        Announce($"The startup begins", stable > 0 && charge is null ? stable : null, charge);
    }

    private Sentence? WaitsForCharge(UpsEvidence ups)
    {
        if (Plan.Startup.MinChargePercent is not { } percent || percent <= 0)
            return null;
        if (ups.Last?.BatteryChargePercent is { } charge)
            return charge >= percent ? null : Sentence.Of($"{percent:0} % charge (now {charge:0} %)");
        var left = Left(
            (ups.OnLineSince ?? _now.Elapsed) + TimeSpan.FromSeconds(Plan.Startup.UnknownChargeWaitSeconds)
        );
        return left > 0 ? Sentence.Of($"{Clock(left)} more, as its charge is unknown") : null;
    }
}
