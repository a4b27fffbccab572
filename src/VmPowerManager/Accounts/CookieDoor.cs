using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace VmPowerManager.Accounts;

/// <summary>How a browser's cookie is checked: as an access token is, at each request, from <see cref="Standings"/>. Nothing
/// is written, so a locked database or a full disk keeps nobody out. Every page asks for the time now and then
/// (live.js), which renews the cookie while a page is open.</summary>
internal sealed class CookieDoor(Admission admission, SetupCode setup)
    : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    /// <summary>Of those who chose to stay signed in; and the longest that any cookie lives unused.</summary>
    public static readonly TimeSpan LongLife = TimeSpan.FromDays(30);

    /// <summary>Of all others, as long as the browser stays open.</summary>
    public static readonly TimeSpan ShortLife = TimeSpan.FromHours(12);

    public void Configure(CookieAuthenticationOptions options) => Configure(Doors.Cookie, options);

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (name != Doors.Cookie)
            return;
        options.Cookie.Name = "vmpm-session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = LongLife;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = CheckAsync,
            OnRedirectToLogin = AskAsync,
        };
    }

    private async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        var who = context.Principal ?? new ClaimsPrincipal();
        if (await admission.FindAsync(who, context.HttpContext.RequestAborted) is { } standing)
        {
            // The address may have changed since.
            context.ReplacePrincipal(CookieSessions.Principal(standing, who.FindFirstValue(Doors.SessionClaim) ?? ""));
            return;
        }
        // Not deleted: this answer could arrive after one that brings the browser a new cookie.
        context.RejectPrincipal();
    }

    private Task AskAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(setup.Wanted ? "/setup" : context.RedirectUri);
        return Task.CompletedTask;
    }
}
