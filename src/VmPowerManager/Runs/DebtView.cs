using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>Something that is still to be undone (POLICY C10), as the API answers it and screens show it.</summary>
/// <param name="Kind"><c>command</c>, or a platform's own word.</param>
/// <param name="What">What was done.</param>
/// <param name="Undo">The command that undoes it; null: the platform knows.</param>
/// <param name="Due">It is tried as soon as its host answers; false: it waits until its machines are back.</param>
public sealed record DebtView(
    int PlanId,
    string PlanName,
    long Id,
    string Kind,
    TargetView Target,
    string What,
    string? Undo,
    DateTimeOffset MadeAt,
    int? RunId,
    DebtStatus Status,
    bool Due,
    int Attempts,
    string? Detail
)
{
    public static DebtView Of(int planId, string planName, Debt debt) =>
        new(
            planId,
            planName,
            debt.Id,
            debt.Kind,
            TargetView.Of(debt.Target),
            debt.What.ToString(),
            debt.Undo,
            debt.MadeAt,
            debt.RunId == 0 ? null : debt.RunId,
            debt.Status,
            debt.Due,
            debt.Attempts,
            debt.Detail?.ToString()
        );

    public static IReadOnlyList<DebtView> Of(PlanView view) =>
        [.. view.State.Debts.Select(d => Of(view.Model.PlanId, view.Model.Definition.Name, d))];
}
