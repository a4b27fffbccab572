using System.Globalization;
using VmPowerManager.Events;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Tells when a plan has become less ready than it was: once, when it has lasted.</summary>
internal sealed class ReadinessWatch(PlanDirectory plans, PlanLoops loops, ReadinessQueries queries, EventLog events)
{
    private readonly ReadinessTrend _trend = new();

    /// <summary>Called at intervals, never at the same time.</summary>
    public void Look()
    {
        _trend.KeepOnly(plans.Plans.Select(p => p.Id));
        foreach (var plan in plans.Plans)
        {
            // In an outage machines fall silent because they should.
            if (loops.Find(plan.Id) is not { } loop || !RehearsalDue.IsQuiet(loop.View))
                continue;
            if (queries.Find(plan.Id) is { } now && _trend.Fell(plan.Id, now) is { } had)
                Tell(plan, had, now);
        }
    }

    private void Tell(PlanEntry plan, ReadinessView had, ReadinessView now)
    {
        var before = had.Targets.SelectMany(Reasons).ToHashSet(StringComparer.Ordinal);
        var why = now
            .Targets.SelectMany(Reasons)
            .Concat(now.Reasons.Except(had.Reasons).Select(r => r.Text))
            .Where(r => !before.Contains(r))
            .Take(5);
        var because = string.Join(" ", why);
        events.Append(
            new NewEvent(
                "plan.readinessFell",
                Severity.Warning,
                plan.Definition.Name,
                string.Create(
                        CultureInfo.InvariantCulture,
                        $"The readiness of \"{plan.Definition.Name}\" fell from {had.Score} to {now.Score} of 100. {because}"
                    )
                    .TrimEnd()
            )
            {
                PlanId = plan.Id,
                Data = new { from = had.Score, to = now.Score },
            }
        );
    }

    private static IEnumerable<string> Reasons(TargetReadiness target) =>
        target.Reasons.Select(r => $"{target.Target.Name}: {r.Text}");
}
