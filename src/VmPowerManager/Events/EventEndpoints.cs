using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

internal static class EventEndpoints
{
    public static void MapEventEndpoints(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Events");
        api.MapGet("/events", ListAsync).WithSummary("Events, newest first");
        api.MapGet("/events.csv", WriteCsv).WithSummary("The same events as CSV");
        api.MapGet("/audit", AuditAsync)
            .RequireAuthorization(new AuthorizeAttribute { Roles = "Administrator" })
            .WithSummary("Who did what, newest first");
        // The same file for a browser that is signed in: /api takes bearers only.
        app.MapGet("/events.csv", WriteCsv).RequireAuthorization().ExcludeFromDescription();
        api.MapGet("/stream", StreamAsync)
            .WithMetadata(new StaysOpen())
            .WithSummary("Server-sent events: reading, planState, run, event");
    }

    /// <summary>The filters of both lists, as they stand in the query string.</summary>
    private sealed record Query(
        DateTimeOffset? From,
        DateTimeOffset? To,
        string[]? Severity,
        string? Source,
        string? Q,
        string? Type,
        int? UpsId,
        int? HostId,
        int? PlanId,
        int? RunId
    )
    {
        public EventFilter ToFilter(bool acted = false) =>
            new()
            {
                From = From,
                To = To,
                Severities = [.. (Severity ?? []).SelectMany(s => s.Split(',')).Where(s => s.Length > 0).Select(Parse)],
                Source = Source,
                Text = Q,
                Type = Type,
                Acted = acted,
                UpsId = UpsId,
                HostId = HostId,
                PlanId = PlanId,
                RunId = RunId,
            };

        private static Severity Parse(string text) =>
            Enum.TryParse<Severity>(text, ignoreCase: true, out var severity) && !char.IsDigit(text[0])
                ? severity
                : throw new InvalidInputException(
                    "severity",
                    $"must be one of {string.Join(", ", Enum.GetNames<Severity>().Select(JsonName))}."
                );

        private static string JsonName(string name) => char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static async Task<Page<EventEntry>> ListAsync(
        [AsParameters] Query query,
        string? cursor,
        EventQueries events,
        ClaimsPrincipal reader,
        CancellationToken ct,
        int limit = 100
    )
    {
        var page = await events.ListAsync(query.ToFilter(), cursor, limit, ct);
        return page with { Items = [.. page.Items.Select(e => e.For(reader))] };
    }

    private static Task<Page<EventEntry>> AuditAsync(
        [AsParameters] Query query,
        string? cursor,
        EventQueries events,
        CancellationToken ct,
        int limit = 100
    ) => events.ListAsync(query.ToFilter(acted: true), cursor, limit, ct);

    private static PushStreamHttpResult WriteCsv(
        [AsParameters] Query query,
        EventQueries events,
        ClaimsPrincipal reader,
        CancellationToken ct
    )
    {
        var all = events.AllAsync(query.ToFilter(), ct).Select(e => e.For(reader));
        return TypedResults.Stream(body => EventCsv.WriteAsync(body, all, ct), "text/csv; charset=utf-8", "events.csv");
    }

    private static async Task StreamAsync(
        HttpContext http,
        string? after,
        EventQueries events,
        TimeProvider time,
        IHostApplicationLifetime life
    )
    {
        var place = Place(http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? after);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        await new ServerSentEvents(http.Response, events, http.User, time).RunAsync(place, ends.Token);
    }

    private static long? Place(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? place
            : throw new InvalidInputException("after", "must be the id of a message of this stream.");
    }
}
