using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Learning;
using VmPowerManager.Plans.Requests;

namespace VmPowerManager.Plans;

/// <summary>The API of plans (API.md); what runs add to it stands in Runs.</summary>
public static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        routes.MapDurations();
        var plans = routes.MapGroup("/api/v1/plans").WithTags("Plans").RequireAuthorization();
        plans.MapGet(
            "",
            (PlanDirectory directory) => new Page<JsonObject>([.. directory.Plans.Select(PlanBody.Write)])
        );
        plans.MapPost("", CreateAsync);
        plans.MapGet("{id:int}", (int id, PlanDirectory directory) => PlanBody.Write(Demand(directory, id)));
        plans
            .MapPost("requests/check", CheckRequestAsync)
            .WithSummary("Look at the server of a step's request, and at its certificate, without sending the request");
        plans.MapPut("{id:int}", UpdateAsync);
        plans.MapDelete("{id:int}", DeleteAsync);
        plans.MapPost(
            "{id:int}/arm",
            (int id, ClaimsPrincipal actor, PlanCommands commands, CancellationToken ct) =>
                ArmAsync(id, true, actor, commands, ct)
        );
        plans.MapPost(
            "{id:int}/disarm",
            (int id, ClaimsPrincipal actor, PlanCommands commands, CancellationToken ct) =>
                ArmAsync(id, false, actor, commands, ct)
        );
        plans.MapGet(
            "{id:int}/problems",
            (int id, PlanDirectory directory, PlanModels models) =>
                new Page<PlanProblem>(models.Problems(models.Of(Demand(directory, id))))
        );
    }

    private static Task<RequestCheck> CheckRequestAsync(
        HttpDefinition http,
        ClaimsPrincipal actor,
        RequestCommands commands,
        CancellationToken ct
    ) => commands.CheckAsync(actor, http, ct);

    private static PlanEntry Demand(PlanDirectory directory, int id) =>
        directory.Find(id) ?? throw new NotFoundException($"Plan {id}");

    private static async Task<Created<JsonObject>> CreateAsync(
        JsonObject body,
        ClaimsPrincipal actor,
        PlanCommands commands,
        CancellationToken ct
    )
    {
        var plan = await commands.CreateAsync(actor, body, ct);
        return TypedResults.Created($"/api/v1/plans/{plan.Id}", PlanBody.Write(plan));
    }

    /// <summary>The answer says that a run in progress goes on as it was (F3).</summary>
    private static async Task<JsonObject> UpdateAsync(
        int id,
        JsonObject body,
        ClaimsPrincipal actor,
        PlanCommands commands,
        IEnumerable<IPlanUse> uses,
        CancellationToken ct
    )
    {
        var plan = await commands.UpdateAsync(actor, id, body, ct);
        var json = PlanBody.Write(plan);
        json["appliesTo"] = uses.Any(u => u.WhoUses(id) is not null) ? "nextRun" : "now";
        return json;
    }

    private static async Task<NoContent> DeleteAsync(
        int id,
        ClaimsPrincipal actor,
        PlanCommands commands,
        CancellationToken ct
    )
    {
        await commands.DeleteAsync(actor, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<JsonObject> ArmAsync(
        int id,
        bool armed,
        ClaimsPrincipal actor,
        PlanCommands commands,
        CancellationToken ct
    ) => PlanBody.Write(await commands.ArmAsync(actor, id, armed, ct));
}
