namespace VmPowerManager.Hosts;

/// <summary>What a machine has to be, for a run to reach its end: the questions behind all checks of a host.</summary>
public enum HostAspect
{
    /// <summary>It answers.</summary>
    Reachable,

    /// <summary>It is the one that was pinned.</summary>
    Trusted,

    /// <summary>It lets us in, and lets us do what a run does.</summary>
    Allowed,

    /// <summary>The agents of its guests answer.</summary>
    Agent,

    /// <summary>It could be woken.</summary>
    Wake,

    /// <summary>Its clock agrees with ours.</summary>
    Clock,

    /// <summary>What its platform has besides: quorum, high availability, what it does by itself.</summary>
    Platform,
}

/// <summary>Which question a check answers.</summary>
public static class HostAspects
{
    public static HostAspect Of(HostCheck check) =>
        check.OfWake ? HostAspect.Wake
        // A second way in is a strength of the host, not a condition.
        : check.Way is not null ? HostAspect.Platform
        : check.Kind.Aspect;

    /// <summary>The worst of them; null: there are none.</summary>
    public static HostCheckState? Worst(IReadOnlyCollection<HostCheck> checks) =>
        checks.Count == 0 ? null : checks.Max(c => c.State);
}
