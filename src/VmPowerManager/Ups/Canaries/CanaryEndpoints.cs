using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Canaries;

/// <summary><c>/api/v1/canaries</c> (API.md: Canaries).</summary>
internal static class CanaryEndpoints
{
    public static void MapCanaries(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/canaries").WithTags("Canaries").RequireAuthorization();
        group
            .MapGet("", (CanaryQueries queries) => Results.Json(queries.List(), Json.Options))
            .WithSummary("All canaries with their answers")
            .Produces<Page<CanaryStateView>>();
        group
            .MapGet("{id:int}", (int id, CanaryQueries queries) => Results.Json(queries.Get(id), Json.Options))
            .WithSummary("One canary")
            .Produces<CanaryStateView>();
        group
            .MapPost("", CreateAsync)
            .WithSummary("Add a canary")
            .Produces<CanaryStateView>(StatusCodes.Status201Created);
        group.MapPut("{id:int}", UpdateAsync).WithSummary("Replace a canary").Produces<CanaryStateView>();
        group
            .MapDelete("{id:int}", DeleteAsync)
            .WithSummary("Delete a canary")
            .Produces(StatusCodes.Status204NoContent);
        group.MapPost("test", TestAsync).WithSummary("Ask once; saves nothing").Produces<CanaryTestView>();
    }

    private static async Task<IResult> CreateAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        CanaryCommands commands,
        CanaryQueries queries,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var id = await commands.CreateAsync(actor, body, ct);
        response.Headers.Location = $"/api/v1/canaries/{id}";
        return Results.Json(queries.Get(id), Json.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> UpdateAsync(
        int id,
        JsonElement body,
        ClaimsPrincipal actor,
        CanaryCommands commands,
        CanaryQueries queries,
        CancellationToken ct
    )
    {
        await commands.UpdateAsync(actor, id, body, ct);
        return Results.Json(queries.Get(id), Json.Options);
    }

    private static async Task<IResult> DeleteAsync(
        int id,
        ClaimsPrincipal actor,
        CanaryCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> TestAsync(
        JsonElement body,
        ClaimsPrincipal actor,
        CanaryCommands commands,
        CancellationToken ct
    ) => Results.Json(await commands.TestAsync(actor, body, ct), Json.Options);
}
