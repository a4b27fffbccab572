using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Signs browsers in and out.</summary>
internal sealed class CookieSessions(Standings standings, EndedSessions ended, EventLog events, TimeProvider time)
{
    /// <summary>Gives the browser its cookie.</summary>
    /// <param name="stay">Beyond the end of the browser.</param>
    /// <exception cref="ForbiddenException">The user has no role.</exception>
    public async Task BeginAsync(HttpContext http, int userId, bool stay, CancellationToken ct)
    {
        var who = await standings.RefreshAsync(userId, ct) ?? throw new ForbiddenException("This account has no role.");
        var now = time.GetUtcNow();
        await http.SignInAsync(
            Doors.Cookie,
            Principal(who, Guid.NewGuid().ToString("N")),
            new AuthenticationProperties
            {
                IsPersistent = stay,
                IssuedUtc = now,
                ExpiresUtc = now + (stay ? CookieDoor.LongLife : CookieDoor.ShortLife),
            }
        );
    }

    /// <summary>A new cookie for the browser that has just changed the account, as lasting as its old one.</summary>
    public async Task RenewAsync(HttpContext http, int userId, CancellationToken ct)
    {
        var old = await http.AuthenticateAsync(Doors.Cookie);
        await BeginAsync(http, userId, old.Properties?.IsPersistent == true, ct);
    }

    /// <summary>Ends the session: in this browser, in its other tabs, and for any copy of the cookie.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken ct)
    {
        var who = http.User;
        if (who.FindFirstValue(Doors.SessionClaim) is { } session)
        {
            await ended.EndAsync(session, time.GetUtcNow() + CookieDoor.LongLife, ct);
            var name = Access.Name(who);
            events.Append(
                new NewEvent("accounts.signedOut", Severity.Info, name, $"{name} signed out.") { Actor = name }
            );
        }
        await http.SignOutAsync(Doors.Cookie);
    }

    public static ClaimsPrincipal Principal(Standing who, string session)
    {
        var identity = Doors.Identity(who, who.Role, Doors.Cookie);
        identity.AddClaim(new(Doors.StampClaim, who.Stamp));
        identity.AddClaim(new(Doors.SessionClaim, session));
        return new ClaimsPrincipal(identity);
    }
}
