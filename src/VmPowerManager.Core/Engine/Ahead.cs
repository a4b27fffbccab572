using System.Collections.Immutable;

namespace VmPowerManager.Core.Engine;

/// <summary>What lies ahead of a shutdown, reckoned at most once a second: the engine steps far more often.</summary>
public sealed record Ahead
{
    public required TimeSpan At { get; init; }

    /// <summary>How many steps it was reckoned for: another list, another reckoning.</summary>
    public required int Steps { get; init; }
    public bool InRun { get; init; }

    /// <summary>By host: seconds until all that hangs on its supplies is off, likely (C1: what an auto trigger asks for).</summary>
    public required ImmutableSortedDictionary<int, double> Needed { get; init; }

    /// <summary>By host: the share that is left of time limits (C7); hosts that are not named keep theirs.</summary>
    public ImmutableSortedDictionary<int, double> Shares { get; init; } = ImmutableSortedDictionary<int, double>.Empty;

    /// <summary>Hosts that not even the shortest limits bring down in time.</summary>
    public ImmutableSortedSet<int> Late { get; init; } = [];

    /// <summary>Hosts whose batteries have nothing left by their own word.</summary>
    public ImmutableSortedSet<int> Empty { get; init; } = [];
}

/// <summary>Runtime that each stage of a startup asks for (E3), by stage and host; reckoned anew when a step has ended.</summary>
public sealed record Reserve
{
    public required TimeSpan At { get; init; }

    /// <summary>Steps that were open then.</summary>
    public required int Open { get; init; }
    public ImmutableSortedDictionary<int, ImmutableSortedDictionary<int, double>> ByStage { get; init; } =
        ImmutableSortedDictionary<int, ImmutableSortedDictionary<int, double>>.Empty;
}

/// <summary>What a phase of load shedding brought, measured: the runtime that the UPSes promise before and after.</summary>
public sealed record ShedMeasure(string Phase, TimeSpan At, double RuntimeBefore, double? LoadBefore)
{
    public double? RuntimeAfter { get; init; }
    public TimeSpan? AfterAt { get; init; }

    /// <summary>Beyond what would have been left anyway.</summary>
    public double GainedSeconds =>
        RuntimeAfter is { } after && AfterAt is { } at ? after - RuntimeBefore + (at - At).TotalSeconds : 0;

    public static string KeyOf(int planId, string phase) => $"plan:{planId}/{phase}|shed";
}
