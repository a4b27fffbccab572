using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Ups.Simulator;

/// <summary><c>/api/v1/simulator</c>: plays with simulated UPSes.</summary>
internal static class SimulatorEndpoints
{
    public static void MapSimulator(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/simulator").WithTags("Simulator").RequireAuthorization();
        group
            .MapGet("scenarios", () => Results.Json(SimulatorQueries.Scenarios, Json.Options))
            .WithSummary("Scripts that come with the program")
            .Produces<Page<ScenarioView>>();
        group
            .MapGet(
                "upses",
                async (SimulatorQueries queries, CancellationToken ct) => Answer(await queries.ListAsync(ct))
            )
            .WithSummary("The simulated UPSes from inside; empty while the simulator is off")
            .Produces<Page<SimulatedUpsView>>();
        group
            .MapGet(
                "upses/{id:int}",
                async (int id, SimulatorQueries queries, CancellationToken ct) => Answer(await queries.GetAsync(id, ct))
            )
            .WithSummary("One simulated UPS from inside")
            .Produces<SimulatedUpsView>();
        group
            .MapPost("upses/{id:int}/change", ChangeAsync)
            .WithSummary("Change mains, load, battery or link; what is left out stays")
            .Accepts<SimulatedChange>("application/json")
            .Produces<SimulatedUpsView>();
        group
            .MapPost("upses/{id:int}/script", PlayAsync)
            .WithSummary("Play a scenario, or timed steps; a script under way ends")
            .Accepts<ScriptBody>("application/json")
            .Produces<SimulatedUpsView>();
        group
            .MapDelete("upses/{id:int}/script", StopAsync)
            .WithSummary("End the script under way; the UPS stays as it is")
            .Produces<SimulatedUpsView>();
    }

    private static async Task<IResult> ChangeAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        SimulatorCommands commands,
        SimulatorQueries queries,
        CancellationToken ct
    )
    {
        await commands.ChangeAsync(actor, id, JsonFaults.Read<SimulatedChange>(body, ""), ct);
        return Answer(await queries.GetAsync(id, ct));
    }

    private static async Task<IResult> PlayAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        SimulatorCommands commands,
        SimulatorQueries queries,
        CancellationToken ct
    )
    {
        await commands.PlayAsync(actor, id, JsonFaults.Read<ScriptBody>(body, ""), ct);
        return Answer(await queries.GetAsync(id, ct));
    }

    private static async Task<IResult> StopAsync(
        int id,
        ClaimsPrincipal actor,
        SimulatorCommands commands,
        SimulatorQueries queries,
        CancellationToken ct
    )
    {
        await commands.StopAsync(actor, id, ct);
        return Answer(await queries.GetAsync(id, ct));
    }

    private static IResult Answer<T>(T value) => Results.Json(value, Json.Options);
}
