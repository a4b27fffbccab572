using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;

namespace VmPowerManager.Accounts;

/// <summary>Guards what is there. Where nothing answers (no such route, wrong method, wrong content type) there is
/// nothing to guard, and whoever asks learns what is wrong instead of being asked who they are. Somebody whose role is too weak for a page is
/// told so there: sending them to sign in would send them round in a circle.</summary>
internal sealed class EndpointGuard : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is not RouteEndpoint)
            return next(context);
        if (!authorizeResult.Forbidden || endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null)
            return _standard.HandleAsync(next, context, policy, authorizeResult);
        // The router asks the same and says on the page that the role is too weak; the page itself is not made.
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return next(context);
    }
}
