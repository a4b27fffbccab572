using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>I6: what is asked ends within its own time, and all of it within the sum.</summary>
internal sealed partial class ChaosRules
{
    /// <summary>What a rung may last beyond its own time: an ask in flight, and the wait for its word.</summary>
    private const double Slack = 30;
    private readonly Dictionary<string, TimeSpan> _runningSince = [];
    private TimeSpan? _busySince;
    private int _busyWith;

    /// <summary>Times start anew: the process was away, or what it does was held back.</summary>
    public void Restarted()
    {
        _runningSince.Clear();
        _busySince = null;
    }

    private void I6_StepsKeepTheirBounds(Decision made)
    {
        var now = _world.Moment.Elapsed;
        if (made.State.Run is not { Kind: RunKind.Shutdown, Cancelled: null } run || !Undisturbed(run))
        {
            if (_busySince is not null || _runningSince.Count > 0)
                Restarted();
            return;
        }
        var (sum, open) = (0.0, 0);
        foreach (var step in run.Steps)
        {
            if (!step.Selected)
                continue;
            var bound = BoundOf(step);
            sum += bound;
            var key = $"{step.Target.Key} {step.Action} {step.CameBack}";
            if (step.Terminal)
                continue;
            open++;
            if (step.Status == StepStatus.Running && step.Target.Kind == TargetKind.Guest)
            {
                _runningSince.TryAdd(key, now);
                var took = now - _runningSince[key];
                Hold(took.TotalSeconds <= bound, "I6", $"{step.Target.Name} takes {took}, its bound is {bound} s");
            }
        }
        Total(run, open, sum, now);
    }

    /// <summary>Selected steps in a row, each waiting for the other, are all there is to wait for.</summary>
    private void Total(RunState run, int open, double sum, TimeSpan now)
    {
        var with = HashCode.Combine(
            run.Id,
            run.Steps.Length,
            run.Steps.Count(s => s.Selected),
            run.Steps.Sum(s => s.CameBack)
        );
        if (open == 0 || with != _busyWith || _busySince is null)
            (_busySince, _busyWith) = (open == 0 ? null : now, with);
        else
            Hold(
                (now - _busySince)?.TotalSeconds <= sum + Slack,
                "I6",
                $"{open} steps are open after {now - _busySince}, the sum of bounds is {sum} s"
            );
    }

    private double BoundOf(StepState step)
    {
        var rungs = step.Ladder.Sum(r => Math.Max(r.TimeoutSeconds, Slack) + Slack);
        var delay = _world.Model.Definition.Phases.Select(p => p.DelayBetweenStepsSeconds).DefaultIfEmpty(0).Max();
        var silence =
            step.Target.Kind == TargetKind.Host
                ? _world.Model.Hosts.GetValueOrDefault(step.Target.HostId)?.OffSilenceSeconds * 2 ?? 0
                : 0;
        return rungs + silence + delay + Slack;
    }

    /// <summary>Flicker holds back, whatever comes back is another story: only an outage that stays is measured.</summary>
    private bool Undisturbed(RunState run) =>
        run.Cause == RunCause.Manual || _world.Upses.Keys.All(id => _lines.OnLineSince(id) is null);
}
