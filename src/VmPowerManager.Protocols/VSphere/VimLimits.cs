namespace VmPowerManager.Protocols.VSphere;

/// <summary>Bounds of a conversation: what a peer sends beyond them is a protocol error.</summary>
public sealed record VimLimits
{
    public static VimLimits Default { get; } = new();

    /// <summary>For one call, whatever its caller's patience.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For a login, which its caller's going away does not end: the server would keep what nobody knows of.</summary>
    public TimeSpan Login { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For a call that only tidies up.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Calls at a time in one session.</summary>
    public int Calls { get; init; } = 4;

    /// <summary>Of one answer.</summary>
    public int Bytes { get; init; } = 16 << 20;

    /// <summary>Elements inside each other in one answer.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Elements of one answer.</summary>
    public int Elements { get; init; } = 400_000;

    /// <summary>Objects asked for at a time; the server may send fewer.</summary>
    public int PageObjects { get; init; } = 250;

    /// <summary>Objects of one listing, over all its pages.</summary>
    public int Objects { get; init; } = 20_000;

    /// <summary>After a refused login none is tried for so long, by itself: vSphere locks accounts after a few.</summary>
    public TimeSpan LoginPause { get; init; } = TimeSpan.FromMinutes(5);
}
