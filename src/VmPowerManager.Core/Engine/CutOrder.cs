namespace VmPowerManager.Core.Engine;

public enum CutAbort
{
    None,
    Asked,
    Done,
    Refused,
}

/// <summary>A UPS was told to cut its output and to return it with mains (C9): what became of that.</summary>
public sealed record CutOrder
{
    public required int UpsId { get; init; }
    public required string Name { get; init; }

    /// <summary>The order itself; then that which takes it back.</summary>
    public required long Effect { get; init; }
    public required TimeSpan OrderedAt { get; init; }
    public required TimeSpan Delay { get; init; }

    /// <summary>Our own host, which it feeds; null: it does not (C9).</summary>
    public int? ManagerHostId { get; init; }
    public CutAbort Abort { get; init; }
    public TimeSpan? AbortAskedAt { get; init; }

    /// <summary>Told to cut at once, devices wait some seconds of their own.</summary>
    private static readonly TimeSpan OwnDelay = TimeSpan.FromSeconds(30);

    public TimeSpan EndsAt => OrderedAt + (Delay > OwnDelay ? Delay : OwnDelay);
}
