using System.Globalization;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Whether somebody who came in may stay. Every door asks at each request; what stays open (circuits of pages,
/// streams) follows it here.</summary>
internal sealed partial class Admission(
    Standings standings,
    EndedSessions ended,
    AccountChanges changes,
    IDbContextFactory<AppDb> databases,
    TimeProvider time,
    ILogger<Admission> logger
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The standing of <paramref name="who"/>; null when the account or the session is over, or has changed since.</summary>
    public async Task<Standing?> FindAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        if (who.FindFirstValue(Doors.SessionClaim) is { } session && ended.Contains(session))
            return null;
        if (Access.UserId(who) is not { } userId || await standings.FindAsync(userId, ct) is not { } standing)
            return null;
        return IsApiToken(who) || standing.Stamp == who.FindFirstValue(Doors.StampClaim) ? standing : null;
    }

    /// <summary>Returns when <paramref name="who"/> has to go: looks every minute, at once when an account changes, and at
    /// <paramref name="expires"/>. A database that does not answer sends nobody away.</summary>
    public async Task UntilGoneAsync(ClaimsPrincipal who, DateTimeOffset? expires, CancellationToken ct)
    {
        while (true)
        {
            var changed = changes.Next;
            if (!await MayStayAsync(who, ct))
                return;
            var left = expires is { } end ? end - time.GetUtcNow() : Interval;
            if (left <= TimeSpan.Zero)
                return;
            try
            {
                await changed.WaitAsync(left < Interval ? left : Interval, time, ct);
            }
            catch (TimeoutException)
            {
                // Time to look again.
            }
        }
    }

    private async Task<bool> MayStayAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        try
        {
            return await FindAsync(who, ct) is not null && await TokenStandsAsync(who, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotChecked(logger, Access.Name(who), e);
            return true;
        }
    }

    private async Task<bool> TokenStandsAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        if (!IsApiToken(who))
            return true;
        var id = int.Parse(who.FindFirstValue(Doors.TokenClaim) ?? "0", CultureInfo.InvariantCulture);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<ApiTokenRow>().AnyAsync(t => t.Id == id, ct);
    }

    private static bool IsApiToken(ClaimsPrincipal who) => who.Identity?.AuthenticationType == Doors.ApiToken;

    [LoggerMessage(LogLevel.Warning, "Whether {Name} may stay signed in cannot be checked now.")]
    private static partial void LogNotChecked(ILogger logger, string name, Exception e);
}
