using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Discovery;

/// <summary><c>/api/v1/ups/discover</c>: one search at a time, for administrators.</summary>
internal static class DiscoveryEndpoints
{
    public static void MapDiscovery(this RouteGroupBuilder ups)
    {
        ups.MapPost("discover", Start)
            .WithSummary("Search a range of addresses for UPSes: {range, drivers?, ports?, communities?}")
            .Produces<UpsScan>(StatusCodes.Status202Accepted);
        ups.MapGet("discover", Get).WithSummary("The newest search and what it found").Produces<UpsScan>();
        ups.MapDelete("discover", Cancel)
            .WithSummary("Stop the search that runs")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static IResult Start(JsonElement body, ClaimsPrincipal actor, DiscoveryCommands commands)
    {
        commands.Start(actor, body);
        return Results.Json(commands.Scan(actor).Value, Json.Options, statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult Get(ClaimsPrincipal actor, DiscoveryCommands commands) =>
        Results.Json(commands.Scan(actor).Value, Json.Options);

    private static IResult Cancel(ClaimsPrincipal actor, DiscoveryCommands commands)
    {
        commands.Cancel(actor);
        return Results.NoContent();
    }
}
