namespace VmPowerManager.Core.Engine;

/// <summary>One gate of a startup, as it stands (POLICY E3): what it asks for, what there is, and what it waits for.</summary>
/// <param name="Phase">Id of the plan's phase that it holds back.</param>
/// <param name="Target">The first target that waits at it.</param>
/// <param name="WaitsFor">Null: it is passed.</param>
public sealed record GateView(string Phase, TargetRef Target, Sentence Needs, Sentence Has, Sentence? WaitsFor)
{
    public bool Passes => WaitsFor is null;
}

/// <summary>The gates of a startup, from outside the engine.</summary>
public static class StartupGates
{
    /// <summary>Those that the next targets wait at, one for each host and phase; none when nothing is to be started.</summary>
    public static IReadOnlyList<GateView> Of(Plans.PlanModel model, PlanState state, Moment now) =>
        new Turn(model, state, now).Gates();
}
