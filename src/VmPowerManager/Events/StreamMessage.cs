using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

/// <summary>The types of <c>GET /api/v1/stream</c> (API.md).</summary>
public static class StreamTypes
{
    public const string Reading = "reading";
    public const string PlanState = "planState";
    public const string Run = "run";
    public const string Event = "event";
}

/// <summary>One message of the stream. The value is immutable and is written as JSON once, when somebody listens.</summary>
public sealed class StreamMessage(long sequence, string type, object value)
{
    private byte[]? _json;

    public long Sequence { get; } = sequence;
    public string Type { get; } = type;
    public object Value { get; } = value;
    public ReadOnlyMemory<byte> Utf8Json => _json ??= JsonSerializer.SerializeToUtf8Bytes(Value, Json.Options);
}

/// <summary>What follows a place in the stream.</summary>
/// <param name="Messages">In order.</param>
/// <param name="UpTo">Nothing newer existed when this was read; the place to go on from.</param>
/// <param name="EventsAfter">Not null: too old to be held. <paramref name="Messages"/> is the current state, and the
/// events after this place are to be fetched from <see cref="EventQueries"/>.</param>
/// <param name="Changed">Ends when there is more.</param>
internal sealed record StreamSlice(IReadOnlyList<StreamMessage> Messages, long UpTo, long? EventsAfter, Task Changed);
