using System.Collections.Concurrent;
using System.Collections.Immutable;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>A plan as screens show it at a moment.</summary>
/// <param name="At">When this was so, wall time: countdowns count from here.</param>
public sealed record PlanScreen(int PlanId, string Name, DateTimeOffset At, PlanStateView State, ForecastView Forecast)
{
    /// <summary>What is still to be undone.</summary>
    public IReadOnlyList<DebtView> Debts { get; init; } = [];
}

/// <summary>Shows screens how the plans stand: at once what changed, once a second while something goes on, and every 5 s
/// otherwise. Any thread.</summary>
public sealed class PlanScreens
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);

    /// <summary>All plans, by id.</summary>
    public Live<ImmutableSortedDictionary<int, PlanScreen>> All { get; } =
        new(ImmutableSortedDictionary<int, PlanScreen>.Empty);

    /// <param name="changed">Something that a person would notice, beside figures that tick.</param>
    public void Show(PlanView view, bool changed)
    {
        var id = view.Model.PlanId;
        var shown = All.Value.GetValueOrDefault(id);
        var pause = shown is { State.Stage: "normal" } ? Quiet : Busy;
        if (!changed && shown is not null && view.At.Wall - shown.At < pause && view.At.Wall >= shown.At)
            return;
        var screen = new PlanScreen(
            id,
            view.Model.Definition.Name,
            view.At.Wall,
            PlanStateView.Of(view),
            ForecastOf(view)
        )
        {
            Debts = DebtView.Of(view),
        };
        All.Update(all => all.SetItem(id, screen));
    }

    public void Forget(int planId)
    {
        All.Update(all => all.Remove(planId));
        _forecasts.TryRemove(planId, out _);
    }

    /// <summary>Reckoned at most once a second: a run changes far more often.</summary>
    private ForecastView ForecastOf(PlanView view)
    {
        if (
            _forecasts.TryGetValue(view.Model.PlanId, out var known)
            && ReferenceEquals(known.Model, view.Model)
            && view.At.Elapsed >= known.At
            && view.At.Elapsed - known.At < Busy
        )
            return known.Forecast;
        var forecast = ForecastView.Of(view);
        _forecasts[view.Model.PlanId] = new Reckoned(view.At.Elapsed, view.Model, forecast);
        return forecast;
    }

    private readonly ConcurrentDictionary<int, Reckoned> _forecasts = new();

    private sealed record Reckoned(TimeSpan At, PlanModel Model, ForecastView Forecast);
}
