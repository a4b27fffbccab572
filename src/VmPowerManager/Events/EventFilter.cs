using Microsoft.EntityFrameworkCore;

namespace VmPowerManager.Events;

/// <summary>Which events are wanted; null or empty asks for all.</summary>
public sealed record EventFilter
{
    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? To { get; init; }
    public IReadOnlyList<Severity> Severities { get; init; } = [];
    public string? Source { get; init; }

    /// <summary>An event type, or the beginning of one with a star: <c>run.*</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Words that the message, source or type contains, in either case.</summary>
    public string? Text { get; init; }

    /// <summary>Audit only: events with an actor.</summary>
    public bool Acted { get; init; }

    /// <summary>About one UPS, host, plan or run, by id.</summary>
    public int? UpsId { get; init; }
    public int? HostId { get; init; }
    public int? PlanId { get; init; }
    public int? RunId { get; init; }

    /// <summary>The same choice for events in memory as <see cref="Apply"/> makes in the database.</summary>
    internal bool Matches(EventEntry e) =>
        (From is null || e.At >= From)
        && (To is null || e.At < To)
        && (Severities.Count == 0 || Severities.Contains(e.Severity))
        && (string.IsNullOrEmpty(Source) || e.Source == Source)
        && (
            TypePrefix is { } prefix
                ? e.Type.StartsWith(prefix, StringComparison.Ordinal)
                : string.IsNullOrEmpty(Type) || e.Type == Type
        )
        && (string.IsNullOrEmpty(Text) || Contains(e.Message) || Contains(e.Source) || Contains(e.Type))
        && (!Acted || e.Actor is not null)
        && (UpsId is null || e.UpsId == UpsId)
        && (HostId is null || e.HostId == HostId)
        && (PlanId is null || e.PlanId == PlanId)
        && (RunId is null || e.RunId == RunId);

    internal IQueryable<EventRow> Apply(IQueryable<EventRow> rows)
    {
        if (From is { } from)
            rows = rows.Where(e => e.At >= from);
        if (To is { } to)
            rows = rows.Where(e => e.At < to);
        if (Severities.Count > 0)
            rows = rows.Where(e => Severities.Contains(e.Severity));
        if (!string.IsNullOrEmpty(Source))
            rows = rows.Where(e => e.Source == Source);
        if (TypePrefix is { } prefix)
            rows = rows.Where(e => e.Type.StartsWith(prefix));
        else if (!string.IsNullOrEmpty(Type))
            rows = rows.Where(e => e.Type == Type);
        if (!string.IsNullOrEmpty(Text))
            rows = Containing(rows, $"%{Escape(Text)}%");
        rows = About(rows);
        return Acted ? rows.Where(e => e.Actor != null) : rows;
    }

    private IQueryable<EventRow> About(IQueryable<EventRow> rows)
    {
        if (UpsId is { } ups)
            rows = rows.Where(e => e.UpsId == ups);
        if (HostId is { } host)
            rows = rows.Where(e => e.HostId == host);
        if (PlanId is { } plan)
            rows = rows.Where(e => e.PlanId == plan);
        return RunId is { } run ? rows.Where(e => e.RunId == run) : rows;
    }

    private string? TypePrefix => Type is [.. var prefix, '*'] ? prefix : null;

    private bool Contains(string value) => value.Contains(Text ?? "", StringComparison.OrdinalIgnoreCase);

    private static IQueryable<EventRow> Containing(IQueryable<EventRow> rows, string like) =>
        rows.Where(e =>
            EF.Functions.Like(e.Message, like, "\\")
            || EF.Functions.Like(e.Source, like, "\\")
            || EF.Functions.Like(e.Type, like, "\\")
        );

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
