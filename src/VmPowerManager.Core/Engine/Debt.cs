namespace VmPowerManager.Core.Engine;

public enum DebtStatus
{
    Open,
    Paying,
    Failed,
}

/// <summary>An effect that must be undone: recorded before it is made, and kept until it is paid (C10, I10).</summary>
public sealed record Debt
{
    public required long Id { get; init; }

    /// <summary><c>command</c>, or a platform's own: <c>haDisarmed</c>, <c>cephNoout</c>, <c>maintenance</c>.</summary>
    public required string Kind { get; init; }
    public required TargetRef Target { get; init; }

    /// <summary>What was done, in words.</summary>
    public required Sentence What { get; init; }

    /// <summary>For a command: what undoes it.</summary>
    public string? Undo { get; init; }
    public required DateTimeOffset MadeAt { get; init; }
    public int RunId { get; init; }

    /// <summary>The effect that it was made for, as long as that is the only one: what an earlier one of ours did is owed
    /// whatever a later one finds.</summary>
    public long? MadeFor { get; init; }
    public DebtStatus Status { get; init; }

    /// <summary>Its run is over, or its machines are back: it may be paid.</summary>
    public bool Due { get; init; }
    public long? Effect { get; init; }
    public TimeSpan? AskedAt { get; init; }
    public int Attempts { get; init; }
    public Sentence? Detail { get; init; }
}
