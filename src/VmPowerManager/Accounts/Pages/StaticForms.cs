using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Accounts.Pages;

/// <summary>One post of a static form.</summary>
internal static class StaticForms
{
    /// <summary>Runs it as a page's <see cref="Attempt"/>; a database that does not answer is shown, not thrown, and too many
    /// tries answer 429.</summary>
    public static async Task<bool> PostAsync(this Attempt attempt, HttpContext http, Func<Task> what)
    {
        var done = await attempt.RunAsync(() => AnsweredAsync(what));
        if (attempt.RetryAfter is { } wait)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        return done;
    }

    private static async Task AnsweredAsync(Func<Task> what)
    {
        try
        {
            await what();
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException { InnerException: SqliteException })
        {
            throw new ConflictException("The database does not answer. Try again.");
        }
    }
}
