using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>What a scenario is played against: one that is known by its id, or one that is given in full.</summary>
public sealed record ReplayBody
{
    public JsonElement? Scenario { get; init; }
}

/// <summary>The API of scenarios (docs/scenarios.md).</summary>
public static class ScenarioEndpoints
{
    public static void MapScenarios(this IEndpointRouteBuilder routes)
    {
        var scenarios = routes.MapGroup("/api/v1/scenarios").WithTags("Scenarios").RequireAuthorization();
        scenarios.MapGet("", (ScenarioQueries queries) => new Page<ScenarioSummary>(queries.All));
        scenarios.MapGet("{id}", FindAsync);
        scenarios.MapPost("{id}/play", PlayAsync);
        routes
            .MapGroup("/api/v1/plans/{id:int}")
            .WithTags("Plans")
            .RequireAuthorization()
            .MapPost("replay", ReplayAsync);
    }

    /// <summary>The file itself, as <c>replay</c> takes it.</summary>
    private static async Task<FileContentHttpResult> FindAsync(
        string id,
        ClaimsPrincipal reader,
        ScenarioQueries queries,
        CancellationToken ct
    )
    {
        var scenario = await queries.FindAsync(reader, id, ct);
        var bytes = System.Text.Encoding.UTF8.GetBytes(ScenarioFile.Write(scenario));
        return TypedResults.File(bytes, "application/json", $"{scenario.Id}.json");
    }

    private static async Task<ScenarioReportView> PlayAsync(
        string id,
        ClaimsPrincipal actor,
        ScenarioQueries queries,
        ScenarioCommands commands,
        CancellationToken ct
    ) => ScenarioReportView.Of(await commands.PlayAsync(actor, await queries.FindAsync(id, ct), ct));

    private static async Task<ScenarioReportView> ReplayAsync(
        int id,
        ReplayBody body,
        ClaimsPrincipal actor,
        ScenarioQueries queries,
        ScenarioCommands commands,
        CancellationToken ct
    )
    {
        var scenario = body.Scenario switch
        {
            { ValueKind: JsonValueKind.String } known => await queries.FindAsync(known.GetString() ?? "", ct),
            { ValueKind: JsonValueKind.Object } given => ScenarioFile.Read(given.GetRawText()),
            _ => throw new InvalidInputException("scenario", "is the id of a scenario, or a whole one."),
        };
        return ScenarioReportView.Of(await commands.ReplayAsync(actor, id, scenario, ct));
    }
}
