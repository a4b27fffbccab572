using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>A plan's state as the API answers it (API.md: Plan state).</summary>
public sealed record PlanStateView(
    int PlanId,
    bool Armed,
    string Stage,
    string Explanation,
    double? EffectiveRuntimeSeconds,
    string RuntimeSource,
    NextPhaseView? NextPhase,
    HoldView? Hold,
    int? RunId,
    IReadOnlyList<TargetSupplyView> Targets
)
{
    public NextEventView? NextEvent { get; init; }

    /// <summary>Of the policy, that the explanation follows: <c>A4</c>.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>That decide: <c>runtimeSeconds</c>, <c>chargePercent</c> ...</summary>
    public ImmutableSortedDictionary<string, string> Values { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Nothing automatic is done to the plan, or to the targets named, until then.</summary>
    public MaintenanceView? Maintenance { get; init; }

    /// <summary>The planned shutdown that is still to come (F5).</summary>
    public PlannedView? Planned { get; init; }

    /// <summary>As the engine explains it: for screens, which say it in the reader's language.</summary>
    [JsonIgnore]
    public Explanation? Told { get; init; }

    public static PlanStateView Of(PlanView view)
    {
        var at = view.At;
        // A run looks at the plan as it froze it; whether the plan is armed is what is configured now.
        var model = view.State.Run?.Model is { } frozen ? frozen with { Armed = view.Model.Armed } : view.Model;
        var explanation = Core.Engine.Explanation.Of(model, view.State, at);
        return new(
            model.PlanId,
            model.Armed,
            explanation.Stage,
            explanation.Sentence.ToString(),
            Rounded(explanation.EffectiveRuntimeSeconds),
            explanation.RuntimeSource,
            explanation.Next is { } n ? new(n.Id, n.Name, Rounded(n.InSeconds), n.Because?.ToString() ?? "") : null,
            view.State.Hold is { } h ? new(h.By, h.Since, h.Until, h.EvenIfCritical) : null,
            view.State.Run?.Id,
            [.. model.Hosts.Values.Select(host => TargetOf(model, host, view.State, at))]
        )
        {
            NextEvent = explanation.NextEvent is { } e
                ? new(e.What.ToString(), Rounded(e.InSeconds), e.Because?.ToString())
                : null,
            Rules = explanation.Rules,
            Values = explanation.Figures,
            Maintenance = MaintenanceView.Of(view.Model, view.State.Maintenance),
            Planned = PlannedView.Of(view),
            Told = explanation,
        };
    }

    private static double? Rounded(double? seconds) => seconds is { } s ? Math.Round(s) : null;

    private static TargetSupplyView TargetOf(PlanModel model, HostModel host, PlanState state, Moment at)
    {
        var supply = model.SupplyOf(host, state.Upses, at.Elapsed);
        return new(TargetView.Of(TargetRef.Of(host)), new(supply.Good, supply.Needed, supply.Critical, supply.Unknown));
    }
}

public sealed record NextPhaseView(string Id, string Name, double? InSeconds, string Because);

/// <summary>What comes next; <see cref="InSeconds"/> is null when time alone will not bring it.</summary>
public sealed record NextEventView(string What, double? InSeconds, string? Because);

public sealed record HoldView(string By, DateTimeOffset Since, DateTimeOffset? Until, bool EvenIfCritical);

public sealed record TargetSupplyView(TargetView Target, SupplyCounts Supplies);

/// <summary>Sums of power values (POLICY B1).</summary>
public sealed record SupplyCounts(double Good, double Needed, double Critical, double Unknown);

/// <summary>What a step acts on: one of the ids, and the name. A guest that was never stored has its platform id only.</summary>
public sealed record TargetView(int? GuestId, int? HostId, int? UpsId, string? ExternalId, string Name)
{
    public static TargetView Of(TargetRef target) =>
        target.Kind switch
        {
            TargetKind.Guest => new(target.Id, null, null, target.ExternalId, target.Name),
            TargetKind.Host => new(null, target.HostId, null, null, target.Name),
            _ => new(null, null, target.Id, null, target.Name),
        };
}
