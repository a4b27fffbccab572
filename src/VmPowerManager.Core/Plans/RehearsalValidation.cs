using System.Globalization;

namespace VmPowerManager.Core.Plans;

/// <summary>What is wrong with the times of rehearsals, by field.</summary>
internal static class RehearsalValidation
{
    public static IEnumerable<(string Field, string Message)> Errors(ScheduleDefinition? schedule)
    {
        if (schedule is null)
            yield break;
        var known = TimeOnly.TryParseExact(
            schedule.RehearseAt,
            "HH:mm",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );
        if (schedule.RehearseAt is not null && !known)
            yield return ("schedule.rehearseAt", "A time of day such as 03:30.");
        if (schedule.RehearseEveryDays is < 1 or > 90)
            yield return ("schedule.rehearseEveryDays", "Between 1 and 90 days.");
    }
}
