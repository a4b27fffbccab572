using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace VmPowerManager.Accounts;

/// <summary>Guards what is there. Where nothing answers (no such route, wrong method, wrong content type) there is
/// nothing to guard, and whoever asks learns what is wrong instead of being asked who they are.</summary>
internal sealed class EndpointGuard : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    ) =>
        context.GetEndpoint() is RouteEndpoint
            ? _standard.HandleAsync(next, context, policy, authorizeResult)
            : next(context);
}
