using System.Globalization;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>When a plan is rehearsed by itself, and when not. Pure.</summary>
internal static class RehearsalDue
{
    /// <summary>Who asked, in the record of a rehearsal by schedule.</summary>
    public const string Actor = "schedule";

    /// <summary>A time that passed while something else went on is made up for so long; then the next one comes.</summary>
    private static readonly TimeSpan MadeUpFor = TimeSpan.FromHours(2);

    /// <summary>Whether the plan's time of day has come.</summary>
    /// <param name="last">Begin of the newest rehearsal by schedule, or null.</param>
    public static bool IsDue(ScheduleDefinition? schedule, DateTimeOffset? last, SiteZone zone, DateTimeOffset now)
    {
        if (TimeOf(schedule?.RehearseAt) is not { } time)
            return false;
        var at = Latest(time, zone, now);
        if (now - at >= MadeUpFor || last >= at)
            return false;
        // Half a day less: of two times of day that were set one after the other, both may be kept.
        var days = Math.Max(1, schedule?.RehearseEveryDays ?? 1);
        return last is null || at - last >= TimeSpan.FromDays(days) - TimeSpan.FromHours(12);
    }

    /// <summary>Nothing goes on that a rehearsal would disturb, or that would spoil what it finds.</summary>
    public static bool IsQuiet(PlanView view) =>
        view.State is { Run: null, Hold: null, Cycle: null }
        && !view.State.Upses.Values.Any(u => u.OnBatterySeen || u.InOutage || u.ForcedDown)
        && view.State.Maintenance is not { Whole: true };

    public static TimeOnly? TimeOf(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    private static DateTimeOffset Latest(TimeOnly time, SiteZone zone, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(zone.Wall(now));
        var at = zone.At(today.ToDateTime(time));
        return at <= now ? at : zone.At(today.AddDays(-1).ToDateTime(time));
    }
}
