using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

/// <summary>An event as stored. References by id only: an event outlives what it is about.</summary>
public sealed class EventRow
{
    public required long Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Type { get; init; }
    public required Severity Severity { get; init; }
    public required string Source { get; init; }
    public required string Message { get; init; }
    public string? Data { get; init; }
    public string? Actor { get; init; }
    public int? UpsId { get; init; }
    public int? HostId { get; init; }
    public int? PlanId { get; init; }
    public int? RunId { get; init; }

    /// <summary>The message with its holes, as JSON; null where it has none.</summary>
    public string? Text { get; init; }

    internal static EventRow From(EventEntry entry) =>
        new()
        {
            Sequence = entry.Sequence,
            At = entry.At,
            Type = entry.Type,
            Severity = entry.Severity,
            Source = entry.Source,
            Message = entry.Message,
            Data = entry.Data?.GetRawText(),
            Actor = entry.Actor,
            UpsId = entry.UpsId,
            HostId = entry.HostId,
            PlanId = entry.PlanId,
            RunId = entry.RunId,
            Text = entry.Text is { Arguments.Length: > 0 } text ? JsonSerializer.Serialize(text, Json.Options) : null,
        };

    internal EventEntry ToEntry() =>
        new(
            Sequence,
            At,
            Type,
            Severity,
            Source,
            Message,
            Data is null ? null : JsonElement.Parse(Data),
            Actor,
            UpsId,
            HostId,
            PlanId,
            RunId
        )
        {
            Text = Read(Text) ?? Sentence.Fixed(Message),
        };

    private static Sentence? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<Sentence>(text, Json.Options);
        }
        catch (JsonException)
        {
            return null; // The message says it, in English.
        }
    }
}

internal sealed class EventRowConfiguration : IEntityTypeConfiguration<EventRow>
{
    public void Configure(EntityTypeBuilder<EventRow> builder)
    {
        builder.ToTable("Events").HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedNever();
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => new { e.Source, e.Sequence });
        builder.HasIndex(e => new { e.Severity, e.Sequence });
        builder.HasIndex(e => new { e.Actor, e.Sequence }).HasFilter("\"Actor\" IS NOT NULL");
    }
}
