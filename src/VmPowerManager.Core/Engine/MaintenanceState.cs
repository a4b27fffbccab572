using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Nothing automatic is done to a plan, or to some of its targets, until a time; it ends by itself.</summary>
public sealed record MaintenanceState
{
    /// <summary>Who wanted it; null: the plan itself says so.</summary>
    public string? By { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>None: the whole plan. For one that the plan says: as the plan has them now.</summary>
    public ImmutableArray<TargetDefinition> Targets { get; init; } = [];
    public string? Reason { get; init; }

    public bool OfPlan => By is null;

    public bool Whole => Targets.IsDefaultOrEmpty;

    /// <summary>What it covers, by name; none: the whole plan.</summary>
    public IEnumerable<Sentence> TargetNames(PlanModel model) => Targets.Select(t => StandingWords.NameOf(model, t));

    /// <param name="hostOf">Where a guest is now.</param>
    public bool Covers(TargetRef target, Func<TargetRef, int> hostOf) =>
        Whole || Targets.Any(t => Names(t, target, hostOf));

    private static bool Names(TargetDefinition named, TargetRef target, Func<TargetRef, int> hostOf) =>
        target.Kind switch
        {
            TargetKind.Guest => target.Id is { } id && named.GuestId == id
                || (named.GuestsOf is { } host && hostOf(target) == host && named.Except.All(e => e != target.Id)),
            TargetKind.Host => named.HostId == target.HostId,
            _ => named.UpsId is { } ups && ups == target.Id,
        };
}

/// <summary>A person puts a plan, or targets of it, into maintenance; the newest word counts.</summary>
public sealed record MaintenanceRequested(string Actor, DateTimeOffset Until) : Observation
{
    public ImmutableArray<TargetDefinition> Targets { get; init; } = [];
    public string? Reason { get; init; }
}

/// <summary>A person ends maintenance before its time.</summary>
public sealed record MaintenanceEnded(string Actor) : Observation;

/// <summary>A person calls the planned run off (F5).</summary>
public sealed record PlannedCancelled(string Actor) : Observation;
