namespace VmPowerManager.Ups.Canaries;

/// <summary>An address on raw mains, asked again and again: when it falls silent, mains is gone there (A9).</summary>
public sealed record Canary
{
    public const string Ping = "ping";
    public const string Tcp = "tcp";

    public required int Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Host name or IP address.</summary>
    public required string Address { get; init; }

    /// <summary><see cref="Ping"/>, or <see cref="Tcp"/>, where being refused is an answer as well.</summary>
    public string Method { get; init; } = Ping;

    /// <summary>For <see cref="Tcp"/>; null else.</summary>
    public int? Port { get; init; }
    public double PollSeconds { get; init; } = 2;
    public bool Enabled { get; init; } = true;

    /// <summary>UPSes on the same circuit; none: all.</summary>
    public IReadOnlyList<int> UpsIds { get; init; } = [];

    /// <summary>Where it is asked, for people.</summary>
    public string Where => Port is { } port ? $"{Address}:{port}" : Address;
}

/// <summary>What one question brought.</summary>
/// <param name="Taken">Elapsed time (F6).</param>
/// <param name="Since">Begin of the present streak of answers or of silence, wall time.</param>
/// <param name="Words">Why there was no answer; null where there was one.</param>
public sealed record CanarySeen(
    int CanaryId,
    bool Answers,
    TimeSpan Taken,
    DateTimeOffset At,
    DateTimeOffset Since,
    string? Words
)
{
    /// <summary>False: it could not be asked. Then its not answering is no silence, and it bears no witness.</summary>
    public bool Asked { get; init; } = true;
}
