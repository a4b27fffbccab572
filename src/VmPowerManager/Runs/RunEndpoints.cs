using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using VmPowerManager.Core;

namespace VmPowerManager.Runs;

/// <summary>The API of runs, and what runs add to plans (API.md).</summary>
public static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/api/v1/plans/{id:int}").WithTags("Plans").RequireAuthorization();
        plans.MapGet("state", (int id, RunQueries queries) => queries.State(id));
        plans.MapGet("forecast", (int id, RunQueries queries) => queries.Forecast(id));
        plans.MapGet("readiness", (int id, ReadinessQueries queries) => queries.Of(id));
        plans.MapPost("readiness", CheckAsync);
        plans.MapGet("drills", (int id, ReadinessQueries queries) => new Page<DrillChoice>(queries.Drills(id)));
        plans.MapPost("hold", HoldAsync);
        plans.MapPost("release", ReleaseAsync);
        plans.MapDelete("cycle", DismissAsync);
        plans.MapPost("runs", StartAsync);
        plans.MapPost("maintenance", MaintainAsync);
        plans.MapDelete("maintenance", EndMaintenanceAsync);
        plans.MapDelete("planned", CancelPlannedAsync);

        var runs = routes.MapGroup("/api/v1/runs").WithTags("Runs").RequireAuthorization();
        runs.MapGet("", (int? planId, string? cursor, RunQueries queries) => queries.Runs(planId, cursor));
        runs.MapGet("{id:int}", (int id, RunQueries queries, CancellationToken ct) => queries.RunAsync(id, ct));
        runs.MapPost("{id:int}/cancel", CancelAsync);
    }

    private static async Task<Created<RunView>> StartAsync(
        int id,
        RunBody body,
        ClaimsPrincipal actor,
        RunCommands commands,
        RunQueries queries,
        CancellationToken ct
    )
    {
        var run = await commands.StartAsync(actor, id, body, ct);
        return TypedResults.Created($"/api/v1/runs/{run}", await queries.RunAsync(run, ct));
    }

    private static Task<ReadinessView> CheckAsync(
        int id,
        ClaimsPrincipal actor,
        ReadinessCommands commands,
        CancellationToken ct
    ) => commands.CheckAsync(actor, id, ct);

    private static async Task<RunView> CancelAsync(
        int id,
        CancelBody body,
        ClaimsPrincipal actor,
        RunCommands commands,
        RunQueries queries,
        CancellationToken ct
    )
    {
        await commands.CancelAsync(actor, id, body, ct);
        return await queries.RunAsync(id, ct);
    }

    private static async Task<PlanStateView> HoldAsync(
        int id,
        HoldBody? body,
        ClaimsPrincipal actor,
        RunCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.HoldAsync(actor, id, body ?? new HoldBody(), ct));

    private static async Task<PlanStateView> ReleaseAsync(
        int id,
        ClaimsPrincipal actor,
        RunCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.ReleaseAsync(actor, id, ct));

    private static async Task<PlanStateView> MaintainAsync(
        int id,
        MaintenanceBody body,
        ClaimsPrincipal actor,
        MaintenanceCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.BeginAsync(actor, id, body, ct));

    private static async Task<PlanStateView> EndMaintenanceAsync(
        int id,
        ClaimsPrincipal actor,
        MaintenanceCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.EndAsync(actor, id, ct));

    private static async Task<PlanStateView> CancelPlannedAsync(
        int id,
        ClaimsPrincipal actor,
        MaintenanceCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.CancelPlannedAsync(actor, id, ct));

    private static async Task<PlanStateView> DismissAsync(
        int id,
        ClaimsPrincipal actor,
        RunCommands commands,
        CancellationToken ct
    ) => PlanStateView.Of(await commands.DismissAsync(actor, id, ct));
}
