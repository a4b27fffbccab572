using System.Security.Claims;

namespace VmPowerManager.Runs;

/// <summary>The API of what is still to be undone.</summary>
public static class DebtEndpoints
{
    public static void MapDebts(this IEndpointRouteBuilder routes)
    {
        var debts = routes.MapGroup("/api/v1/debts").WithTags("Runs").RequireAuthorization();
        debts.MapGet("", (DebtQueries queries) => queries.All());
        debts.MapPost("{planId:int}/{id:long}/retry", RetryAsync);
        debts.MapPost("{planId:int}/{id:long}/settle", SettleAsync);
    }

    private static async Task<Core.Page<DebtView>> RetryAsync(
        int planId,
        long id,
        ClaimsPrincipal actor,
        DebtCommands commands,
        DebtQueries queries,
        CancellationToken ct
    )
    {
        await commands.RetryAsync(actor, planId, id, ct);
        return queries.All();
    }

    private static async Task<Core.Page<DebtView>> SettleAsync(
        int planId,
        long id,
        ClaimsPrincipal actor,
        DebtCommands commands,
        DebtQueries queries,
        CancellationToken ct
    )
    {
        await commands.SettleAsync(actor, planId, id, ct);
        return queries.All();
    }
}
