using System.Globalization;
using VmPowerManager.Events;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Tells when a plan has become less ready than it was: once, when it has lasted.</summary>
internal sealed class ReadinessWatch(PlanDirectory plans, PlanLoops loops, ReadinessQueries queries, EventLog events)
{
    /// <summary>A smaller step down is told with the next one.</summary>
    private const int Step = 5;
    private readonly Dictionary<int, ReadinessView> _known = [];
    private readonly Dictionary<int, int> _lower = [];

    /// <summary>Called at intervals, never at the same time. What is lower twice in a row has lasted.</summary>
    public void Look()
    {
        foreach (var gone in _known.Keys.Except(plans.Plans.Select(p => p.Id)).ToList())
            _known.Remove(gone);
        foreach (var plan in plans.Plans)
        {
            // In an outage machines fall silent because they should.
            if (loops.Find(plan.Id) is not { } loop || !RehearsalDue.IsQuiet(loop.View))
                continue;
            if (queries.Find(plan.Id) is { } now)
                Compare(plan, now);
        }
    }

    private void Compare(PlanEntry plan, ReadinessView now)
    {
        if (!_known.TryGetValue(plan.Id, out var had) || now.Score > had.Score - Step)
        {
            _lower.Remove(plan.Id);
            // Small steps add up: what was told last stays the measure.
            if (had is null || now.Score >= had.Score)
                _known[plan.Id] = now;
            return;
        }
        _lower[plan.Id] = _lower.GetValueOrDefault(plan.Id) + 1;
        if (_lower[plan.Id] < 2)
            return;
        _lower.Remove(plan.Id);
        _known[plan.Id] = now;
        Tell(plan, had, now);
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
