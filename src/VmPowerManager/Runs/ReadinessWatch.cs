using System.Globalization;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Tells when a plan has become less ready than it was: once, when it has lasted. And when one was armed that is
/// not ready: arming shows that to who sees the page, and asks nobody who comes by the API (F1).</summary>
internal sealed class ReadinessWatch(PlanDirectory plans, PlanLoops loops, ReadinessQueries queries, EventLog events)
{
    /// <summary>Below it some of what the plan should do would fail.</summary>
    private const int Least = 50;
    private readonly ReadinessTrend _trend = new();
    private HashSet<int>? _armed;

    /// <summary>Called at intervals, never at the same time.</summary>
    public void Look()
    {
        _trend.KeepOnly(plans.Plans.Select(p => p.Id));
        LookAtArmed();
        foreach (var plan in plans.Plans)
        {
            // In an outage machines fall silent because they should.
            if (loops.Find(plan.Id) is not { } loop || !RehearsalDue.IsQuiet(loop.View))
                continue;
            if (queries.Find(plan.Id) is { } now && _trend.Fell(plan.Id, now) is { } had)
                Tell(plan, had, now);
        }
    }

    private void LookAtArmed()
    {
        var armed = plans.Plans.Where(p => p.Armed).ToList();
        // What is armed when this program starts was so before.
        foreach (var plan in armed.Where(p => _armed?.Contains(p.Id) == false))
            if (queries.Find(plan.Id) is { Score: < Least } now)
                TellArmed(plan, now);
        _armed = [.. armed.Select(p => p.Id)];
    }

    private void TellArmed(PlanEntry plan, ReadinessView now)
    {
        var why = now.Reasons.Select(r => r.Text).Concat(now.Targets.SelectMany(Reasons)).Take(5);
        events.Append(
            new NewEvent(
                "plan.armedNotReady",
                Severity.Warning,
                plan.Definition.Name,
                Sentence.Of(
                    $"\"{plan.Definition.Name}\" was armed and is not ready ({now.Score} of 100): {string.Join(" ", why)}"
                )
            )
            {
                PlanId = plan.Id,
                Data = new { score = now.Score },
            }
        );
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
