using Microsoft.AspNetCore.Http.HttpResults;
using VmPowerManager.Core;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups;

/// <summary><c>/api/v1/outages</c>, and below <c>/api/v1/ups/{id}</c> what happened to one UPS: outages, disturbances of its
/// mains, self-tests, battery, energy.</summary>
internal static class UpsPastEndpoints
{
    public static void MapUpsPast(this IEndpointRouteBuilder routes)
    {
        var outages = routes.MapGroup("/api/v1/outages").WithTags("Outages").RequireAuthorization();
        outages
            .MapGet("", ListOutagesAsync)
            .WithSummary("Outages of all UPSes, newest first")
            .Produces<Page<OutageView>>();
        outages.MapGet("{id:int}", GetOutageAsync).WithSummary("One outage").Produces<OutageView>();
        var ups = routes.MapGroup("/api/v1/ups/{id:int}").WithTags("UPSes").RequireAuthorization();
        ups.MapGet("outages", UpsOutagesAsync)
            .WithSummary("Outages of one UPS, newest first")
            .Produces<Page<OutageView>>();
        ups.MapGet("power-quality", QualityAsync)
            .WithSummary("Sags, swells, frequency, boosts, trims, bypass, transfers and outages, newest first")
            .Produces<Page<InputEventView>>();
        ups.MapGet("power-quality.csv", WriteQualityAsync).WithSummary("The same as CSV");
        ups.MapGet("self-tests", TestsAsync)
            .WithSummary("Self-tests with their results, newest first")
            .Produces<Page<SelfTest>>();
        ups.MapGet("battery", BatteryAsync)
            .WithSummary("Age and state of the battery, and whether to replace it")
            .Produces<BatteryHealth>();
        ups.MapGet("energy", EnergyAsync).WithSummary("Energy by days or months; a gap counts nothing");
        // The same file for a browser that is signed in: /api takes bearers only.
        routes
            .MapGet("/ups/{id:int}/power-quality.csv", WriteQualityAsync)
            .RequireAuthorization()
            .ExcludeFromDescription();
    }

    private static async Task<IResult> ListOutagesAsync(
        OutageQueries outages,
        int? upsId,
        string? from,
        string? to,
        string? cursor,
        CancellationToken ct,
        int limit = 100
    ) =>
        Results.Json(
            await outages.ListAsync(
                upsId,
                UpsEndpoints.Time("from", from),
                UpsEndpoints.Time("to", to),
                cursor,
                limit,
                ct
            ),
            Json.Options
        );

    private static async Task<IResult> GetOutageAsync(int id, OutageQueries outages, CancellationToken ct) =>
        Results.Json(await outages.GetAsync(id, ct), Json.Options);

    private static async Task<IResult> UpsOutagesAsync(
        int id,
        UpsPastQueries past,
        string? from,
        string? to,
        string? cursor,
        CancellationToken ct,
        int limit = 100
    ) =>
        Results.Json(
            await past.OutagesAsync(
                id,
                UpsEndpoints.Time("from", from),
                UpsEndpoints.Time("to", to),
                cursor,
                limit,
                ct
            ),
            Json.Options
        );

    private static async Task<IResult> QualityAsync(
        int id,
        UpsPastQueries past,
        string? from,
        string? to,
        string? kind,
        string? cursor,
        CancellationToken ct,
        int limit = 100
    ) => Results.Json(await past.QualityAsync(id, Filter(from, to, kind), cursor, limit, ct), Json.Options);

    private static async Task<PushStreamHttpResult> WriteQualityAsync(
        int id,
        UpsPastQueries past,
        string? from,
        string? to,
        string? kind,
        CancellationToken ct
    )
    {
        var filter = Filter(from, to, kind);
        // Whatever is refused is refused before the file begins.
        await past.QualityAsync(id, filter, null, 1, ct);
        return TypedResults.Stream(
            body => QualityCsv.WriteAsync(body, past.AllQuality(id, filter), ct),
            "text/csv; charset=utf-8",
            "power-quality.csv"
        );
    }

    private static async Task<IResult> TestsAsync(
        int id,
        BatteryQueries batteries,
        string? cursor,
        CancellationToken ct,
        int limit = 100
    ) => Results.Json(await batteries.TestsAsync(id, cursor, limit, ct), Json.Options);

    private static async Task<IResult> BatteryAsync(int id, BatteryQueries batteries, CancellationToken ct) =>
        Results.Json(await batteries.HealthAsync(id, ct), Json.Options);

    private static async Task<IResult> EnergyAsync(
        int id,
        UpsPastQueries past,
        string? from,
        string? to,
        string? per,
        string? zone,
        CancellationToken ct
    )
    {
        var step = One<EnergyPer>("per", per ?? nameof(EnergyPer.Day));
        var site = Zone(zone) ?? past.SiteZone;
        var spans = await past.EnergyAsync(
            id,
            UpsEndpoints.Time("from", from),
            UpsEndpoints.Time("to", to),
            step,
            site,
            ct
        );
        return Results.Json(
            new
            {
                per = step,
                zone = site.Id,
                items = spans,
                nextCursor = (string?)null,
            },
            Json.Options
        );
    }

    private static QualityFilter Filter(string? from, string? to, string? kind) =>
        new()
        {
            From = UpsEndpoints.Time("from", from),
            To = UpsEndpoints.Time("to", to),
            Kinds =
            [
                .. (kind ?? "")
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(k => One<InputEventKind>("kind", k)),
            ],
        };

    private static T One<T>(string field, string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && !char.IsDigit(text[0]) && text[0] != '-'
            ? value
            : throw new InvalidInputException(
                field,
                $"Must be one of: {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}."
            );

    private static TimeZoneInfo? Zone(string? name) =>
        string.IsNullOrEmpty(name) ? null
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
        : throw new InvalidInputException("zone", "Is not a time zone by its IANA name.");
}
