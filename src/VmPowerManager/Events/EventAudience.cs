using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

/// <summary>Who may see who did something: Viewers see what happened, not whose address did it.</summary>
public static class EventAudience
{
    /// <summary>Names the person whom an event tells of without being that person's act: a run that they asked for.</summary>
    public const string ByKey = "by";

    private const string Somebody = "Somebody";

    public static bool SeesActors(ClaimsPrincipal reader) =>
        reader.IsInRole("Operator") || reader.IsInRole("Administrator");

    /// <summary>The event as this reader may see it.</summary>
    public static EventEntry For(this EventEntry entry, ClaimsPrincipal reader) =>
        SeesActors(reader) || (entry.Actor ?? By(entry)) is not { Length: > 0 } person
            ? entry
            : entry with
            {
                Actor = null,
                Source = entry.Source == person ? Somebody : entry.Source,
                Message = entry.Message.Replace(person, Somebody, StringComparison.Ordinal),
                Text = entry.Text is { } text ? Without(text, person) : null,
                Data = entry.Data is { } data ? Without(data, person) : null,
            };

    /// <summary>A text that was made of the event, as this reader may see it.</summary>
    public static string Hide(this EventEntry entry, string text, ClaimsPrincipal reader) =>
        SeesActors(reader) || (entry.Actor ?? By(entry)) is not { Length: > 0 } person
            ? text
            : text.Replace(person, Somebody, StringComparison.Ordinal);

    /// <summary>People stand in the holes, alone or within a longer text; what fills a hole stays one argument.</summary>
    internal static Sentence Without(Sentence text, string person) =>
        text.Arguments.IsEmpty
            ? new(text.Key.Replace(person, Somebody, StringComparison.Ordinal), [])
            : new(text.Key, [.. text.Arguments.Select(a => Without(a, person))]);

    private static object Without(object argument, string person) =>
        argument switch
        {
            Sentence nested => Without(nested, person),
            string words when words.Contains(person, StringComparison.Ordinal) => Sentence.Join(
                "",
                words
                    .Split(person)
                    .SelectMany(
                        (part, i) =>
                            i == 0 ? [Sentence.Verbatim(part)] : new[] { SomebodyElse, Sentence.Verbatim(part) }
                    )
            ),
            _ => argument,
        };

    private static Sentence SomebodyElse => Sentence.Of($"Somebody");

    private static string? By(EventEntry entry) =>
        entry.Data is { ValueKind: JsonValueKind.Object } data
        && data.TryGetProperty(ByKey, out var by)
        && by.ValueKind == JsonValueKind.String
            ? by.GetString()
            : null;

    private static JsonElement Without(JsonElement data, string person) =>
        JsonElement.Parse(
            data.GetRawText().Replace(JsonEncodedText.Encode(person).ToString(), Somebody, StringComparison.Ordinal)
        );
}
