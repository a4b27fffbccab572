using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Ups.Canaries;
using VmPowerManager.Ups.Discovery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Ups;

/// <summary><c>/api/v1/ups</c> (API.md: UPSes). Refusals are mapped to problem details by the Api feature.</summary>
public static class UpsEndpoints
{
    public static IEndpointRouteBuilder MapUps(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/ups").WithTags("UPSes").RequireAuthorization();
        group.MapGet("", ListAsync).WithSummary("All UPSes with their readings").Produces<Page<UpsView>>();
        group.MapPost("", CreateAsync).WithSummary("Add a UPS").Produces<UpsView>(StatusCodes.Status201Created);
        group.MapGet("{id:int}", GetAsync).WithSummary("One UPS with its reading").Produces<UpsView>();
        group.MapPut("{id:int}", UpdateAsync).WithSummary("Replace a UPS's configuration; a secret left out is kept");
        group.MapDelete("{id:int}", DeleteAsync).WithSummary("Delete a UPS").Produces(StatusCodes.Status204NoContent);
        group.MapPost("test", TestAsync).WithSummary("Connect and read once; saves nothing").Produces<UpsTestResult>();
        group.MapGet("{id:int}/history", HistoryAsync).WithSummary("Readings over time, decimated");
        group.MapGet("{id:int}/commands", CommandsAsync).WithSummary("Commands that the device offers");
        group.MapPost("{id:int}/commands", RunCommandAsync).WithSummary("Run a command of the device");
        group.MapDiscovery();
        group.MapPost("list", ListAtAsync).WithSummary("The UPSes that a server has; saves nothing");
        group.MapGet("{id:int}/variables", VariablesAsync).WithSummary("Variables of the device that may be set");
        group.MapPut("{id:int}/variables", SetVariableAsync).WithSummary("Set a variable of the device");
        routes.MapUpsPast();
        routes.MapSimulator();
        routes.MapCanaries();
        return routes;
    }

    private static async Task<IResult> ListAsync(UpsQueries queries, CancellationToken ct) =>
        Results.Json(await queries.ListAsync(ct), Json.Options);

    private static async Task<IResult> GetAsync(int id, UpsQueries queries, CancellationToken ct) =>
        Results.Json(await queries.GetAsync(id, ct), Json.Options);

    private static async Task<IResult> CreateAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        UpsCommands commands,
        UpsQueries queries,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var id = await commands.CreateAsync(actor, body, ct);
        response.Headers.Location = $"/api/v1/ups/{id}";
        return Results.Json(await queries.GetAsync(id, ct), Json.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> UpdateAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        UpsCommands commands,
        UpsQueries queries,
        CancellationToken ct
    )
    {
        await commands.UpdateAsync(actor, id, body, ct);
        return Results.Json(await queries.GetAsync(id, ct), Json.Options);
    }

    private static async Task<IResult> DeleteAsync(
        int id,
        ClaimsPrincipal actor,
        UpsCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> TestAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        UpsActions actions,
        CancellationToken ct
    ) => Results.Json(await actions.TestAsync(actor, body, ct), Json.Options);

    private static async Task<IResult> HistoryAsync(
        int id,
        string? from,
        string? to,
        string? points,
        UpsQueries queries,
        CancellationToken ct
    )
    {
        var series = await queries.HistoryAsync(id, Time("from", from), Time("to", to), Points(points), ct);
        return Results.Json(HistoryJson.Of(series), Json.Options);
    }

    private static async Task<IResult> CommandsAsync(int id, UpsQueries queries, CancellationToken ct)
    {
        var commands = await queries.CommandsAsync(id, ct);
        var items = commands.Select(command => new { command.Name, Description = command.Effect });
        return Results.Json(new { items, nextCursor = (string?)null }, Json.Options);
    }

    /// <summary>A body like that of a test, without the name and without the UPS. Answers <c>{items: [{name,
    /// description}], nextCursor}</c>.</summary>
    private static async Task<IResult> ListAtAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        UpsActions actions,
        CancellationToken ct
    ) => Results.Json(new Page<UpsListed>(await actions.ListAsync(actor, body, ct)), Json.Options);

    /// <summary>Answers <c>{items: [{name, value, description, kind: text|number|choice, choices, bounds: [{least, most}],
    /// maxLength}], nextCursor}</c>.</summary>
    private static async Task<IResult> VariablesAsync(int id, UpsQueries queries, CancellationToken ct) =>
        Results.Json(new Page<UpsWritable>(await queries.WritableAsync(id, ct)), Json.Options);

    /// <summary>Takes <c>{name, value}</c>; answers <c>{name, value, accepted: true, done}</c>: done where the device says
    /// so.</summary>
    private static async Task<IResult> SetVariableAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        UpsActions actions,
        CancellationToken ct
    )
    {
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var name = fields.RequiredText("name", 100);
        var value = fields.Text("value", UpsWritable.LongestValue) ?? "";
        errors.ThrowIfAny();
        var outcome = await actions.SetVariableAsync(actor, id, name, value, ct);
        return Results.Json(
            new
            {
                name,
                value,
                accepted = true,
                done = outcome == UpsCommandOutcome.Done,
            },
            Json.Options
        );
    }

    private static async Task<IResult> RunCommandAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        UpsActions actions,
        CancellationToken ct
    )
    {
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var (name, value) = (fields.RequiredText("name", 100), fields.Text("value", 200));
        errors.ThrowIfAny();
        var outcome = await actions.RunCommandAsync(actor, id, name, value, ct);
        var done = outcome == UpsCommandOutcome.Done;
        return Results.Json(
            new
            {
                name,
                accepted = true,
                done,
            },
            Json.Options
        );
    }

    /// <summary>A time in a query string; null where none is given.</summary>
    internal static DateTimeOffset? Time(string field, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out var time)
            ? time
            : throw new InvalidInputException(field, "Must be a time in ISO 8601.");
    }

    private static int? Points(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var points) ? points
        : throw new InvalidInputException("points", "Must be a number from 2 to 2000.");
}
