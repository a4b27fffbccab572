using VmPowerManager.Core;

namespace VmPowerManager.Runs;

/// <summary>Reads what is still to be undone (POLICY C10, I10).</summary>
public sealed class DebtQueries(PlanLoops loops)
{
    /// <summary>Of all plans, oldest first.</summary>
    public Page<DebtView> All() =>
        new([.. loops.All.SelectMany(l => DebtView.Of(l.View)).OrderBy(d => d.MadeAt)], null);
}
