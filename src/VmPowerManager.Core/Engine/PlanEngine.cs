using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>The engine of one plan: a pure function from what was known and what was observed to what is known now and
/// what is to be done (DESIGN 2). The real run, the rehearsal, the replay and the simulator all call this one.</summary>
public static class PlanEngine
{
    /// <summary>Why a fire drill of this guest cannot be just now, or null.</summary>
    public static Sentence? AgainstDrill(PlanModel model, PlanState state, string guestKey, Moment now) =>
        new Turn(model, state, now).AgainstDrill(guestKey);

    /// <summary>Whether a debt may be paid just now, should anybody answer there (C10).</summary>
    public static bool MayBePaid(PlanModel model, PlanState state, Debt debt, Moment now) =>
        new Turn(model, state, now).MayBePaid(debt);

    /// <summary>One step. <paramref name="model"/> is the plan as configured now; a run in progress uses the one it froze.</summary>
    public static Decision Step(PlanModel model, PlanState state, Observation observation, Moment now)
    {
        var turn = new Turn(model, state, now);
        turn.Follow();
        turn.Take(observation);
        turn.HeedWitnesses();
        turn.PassTime();
        turn.KeepCycle();
        turn.KeepMaintenance();
        turn.KeepPlanned();
        turn.Decide();
        turn.Advance();
        turn.KeepCuts();
        turn.EndRun();
        turn.PayDebts();
        turn.WatchFit();
        return turn.Decision(state);
    }
}
