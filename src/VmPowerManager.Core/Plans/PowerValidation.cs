namespace VmPowerManager.Core.Plans;

/// <summary>What a plan asks of the evidence, of witnesses, of the calendar, and for maintenance: what is wrong, by field.</summary>
internal static class PowerValidation
{
    private const int LongestReason = 500;

    public static IEnumerable<(string Field, string Message)> Errors(PlanDefinition plan)
    {
        if (plan.ConfirmSeconds is < 0 or > 3600)
            yield return ("confirmSeconds", "Between 0 seconds and 1 hour.");
        if (plan.DeadSeconds is < 1 or > 86400)
            yield return ("deadSeconds", "Between 1 second and 1 day.");
        if (plan.Canaries.Distinct().Count() != plan.Canaries.Length)
            yield return ("canaries", "Each canary is named once.");
        if (plan.LossIsOutage && plan.Canaries.IsEmpty)
            yield return ("lossIsOutage", "It needs a canary: without a witness on raw mains a loss proves nothing.");
        if (plan.Schedule is { StartAt: { } start } schedule)
        {
            if (schedule.PlannedAt is null)
                yield return ("schedule.startAt", "There is no planned shutdown to start from.");
            if (start <= schedule.PlannedAt)
                yield return ("schedule.startAt", "Must be after the planned shutdown.");
        }
        foreach (var error in plan.Maintenance is { } maintenance ? Maintenance(maintenance) : [])
            yield return error;
    }

    private static IEnumerable<(string Field, string Message)> Maintenance(MaintenanceDefinition maintenance)
    {
        if (maintenance.Reason?.Length > LongestReason)
            yield return ("maintenance.reason", $"At most {LongestReason} characters.");
        if (maintenance.Until == default)
            yield return ("maintenance.until", "Say until when.");
        for (var i = 0; i < maintenance.Targets.Length; i++)
        {
            if (maintenance.Targets[i] is not { } target || Named(target) != 1)
                yield return ($"maintenance.targets[{i}]", "Name exactly one of guestId, hostId, upsId, guestsOf.");
        }
    }

    private static int Named(TargetDefinition target) =>
        new[] { target.GuestId, target.HostId, target.UpsId, target.GuestsOf }.Count(t => t is not null);
}
