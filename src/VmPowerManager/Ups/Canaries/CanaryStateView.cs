using System.Text.Json.Serialization;

namespace VmPowerManager.Ups.Canaries;

/// <summary>A canary as the API answers it and screens show it.</summary>
/// <param name="State">Null: not asked yet, or not enabled.</param>
public sealed record CanaryStateView(
    int Id,
    string Name,
    string Address,
    string Method,
    int? Port,
    double PollSeconds,
    bool Enabled,
    IReadOnlyList<int> UpsIds,
    CanaryAnswerView? State
)
{
    public static CanaryStateView Of(Canary canary, CanarySeen? seen) =>
        new(
            canary.Id,
            canary.Name,
            canary.Address,
            canary.Method,
            canary.Port,
            canary.PollSeconds,
            canary.Enabled,
            canary.UpsIds,
            canary.Enabled && seen is not null
                ? new(seen.Answers, seen.Since, seen.At, seen.Words) { Asked = seen.Asked }
                : null
        );
}

/// <param name="Since">Begin of the present streak of answers or of silence.</param>
/// <param name="Words">Why there was no answer.</param>
public sealed record CanaryAnswerView(bool Answers, DateTimeOffset Since, DateTimeOffset At, string? Words)
{
    /// <summary>False: it could not be asked, which is no silence; the words say so.</summary>
    [JsonIgnore]
    public bool Asked { get; init; } = true;
}

/// <summary>What a test brought.</summary>
public sealed record CanaryTestView(bool Answers, double Milliseconds, string? Words);
