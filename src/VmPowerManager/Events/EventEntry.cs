using System.Text.Json.Serialization;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

public enum Severity
{
    Info,
    Warning,
    Critical,
}

/// <summary>Something that happened, as told to <see cref="EventLog.Append"/>.</summary>
/// <param name="Type">Dotted, past tense, stable: <c>ups.onBattery</c>, <c>run.started</c>, <c>host.updated</c>.</param>
/// <param name="Source">Who it is about, by name: the UPS, host, plan; <c>system</c> otherwise.</param>
/// <param name="Text">One plain sentence.</param>
public sealed record NewEvent(string Type, Severity Severity, string Source, Sentence Text)
{
    public NewEvent(string type, Severity severity, string source, string message)
        : this(type, severity, source, Sentence.Fixed(message)) { }

    /// <summary>In English.</summary>
    public string Message => Text.ToString();

    /// <summary>The values that decided or changed; serialised as JSON. Never a secret.</summary>
    public object? Data { get; init; }

    /// <summary>Who did it; an event with an actor is an audit entry (DESIGN 3).</summary>
    public string? Actor { get; init; }
    public int? UpsId { get; init; }
    public int? HostId { get; init; }
    public int? PlanId { get; init; }
    public int? RunId { get; init; }
}

/// <summary>An event with its place in the sequence.</summary>
public sealed record EventEntry(
    long Sequence,
    DateTimeOffset At,
    string Type,
    Severity Severity,
    string Source,
    string Message,
    System.Text.Json.JsonElement? Data,
    string? Actor,
    int? UpsId,
    int? HostId,
    int? PlanId,
    int? RunId
)
{
    /// <summary>The message, so that it can be said in another language; null: it was stored without.</summary>
    [JsonIgnore]
    public Sentence? Text { get; init; }
}
