using Microsoft.AspNetCore.Antiforgery;

namespace VmPowerManager.Accounts;

/// <summary>The form behind "Sign out" posts here: from a static page and from an open circuit alike.</summary>
internal static class SignOutEndpoint
{
    public const string Path = "/sign-out";

    public static void MapSignOut(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, SignOutAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> SignOutAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        CookieSessions sessions,
        CancellationToken ct
    )
    {
        // Somebody whose session has ended already is where they wanted to be.
        if (http.User.Identity?.IsAuthenticated == true)
        {
            if (!await antiforgery.IsRequestValidAsync(http))
                return TypedResults.BadRequest();
            await sessions.EndAsync(http, ct);
        }
        return TypedResults.Redirect("/sign-in");
    }
}

internal static class Requesters
{
    /// <summary>The address that asks, as text.</summary>
    public static string Remote(this HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
