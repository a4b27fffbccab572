namespace VmPowerManager.Ups.Pages;

/// <summary>How long a battery has been in use. Pure.</summary>
public sealed record BatteryAge(int Years, int Months)
{
    /// <summary>Null when nobody said, or for a date to come.</summary>
    public static BatteryAge? Of(DateTimeOffset? replaced, DateTimeOffset now)
    {
        if (replaced is not { } since || since > now)
            return null;
        var months = ((now.Year - since.Year) * 12) + now.Month - since.Month - (now.Day < since.Day ? 1 : 0);
        return new BatteryAge(Math.Max(0, months) / 12, Math.Max(0, months) % 12);
    }
}
