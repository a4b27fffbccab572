using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>What goes down because something that it needs does (POLICY C6).</summary>
internal sealed partial class Turn
{
    /// <summary>C6: a host takes its guests along, a target takes along what needs it, storage and network take along
    /// whatever uses them; and so on, until nothing more is taken.</summary>
    private ImmutableArray<StepState> WithDependants(ImmutableArray<StepState> steps, HashSet<int> failing)
    {
        while (true)
        {
            var pull = Pull.Of(this, steps);
            if (pull.IsEmpty)
                return steps;
            var pulled = false;
            var next = steps.ToBuilder();
            for (var i = 0; i < steps.Length; i++)
            {
                if (steps[i].Selected || !pull.Takes(this, steps[i], failing))
                    continue;
                (next[i], pulled) = (steps[i] with { Selected = true }, true);
            }
            if (!pulled)
                return steps;
            steps = next.ToImmutable();
        }
    }

    /// <summary>What the selected steps take along.</summary>
    private sealed class Pull
    {
        private readonly HashSet<int> _hosts = [];
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
        private int _sharedRank = -1;
        private bool _manager;

        public bool IsEmpty => _hosts.Count == 0 && _keys.Count == 0;

        public static Pull Of(Turn turn, ImmutableArray<StepState> steps)
        {
            var pull = new Pull();
            var anyNeeds = steps.Any(s => s.Needs.Length > 0);
            var anyGroups = anyNeeds && steps.Any(s => s.Needs.Any(PlanGraph.IsGroup));
            foreach (var step in steps)
            {
                if (step is not { Selected: true, MovesTarget: true } || step.Target.Kind == TargetKind.Ups)
                    continue;
                if (anyNeeds)
                    pull.AddKeys(turn, step, anyGroups);
                if (step is { Action: StepAction.Shutdown, Target.Kind: TargetKind.Host })
                    pull.AddHost(turn.Model, step);
            }
            return pull;
        }

        public bool Takes(Turn turn, StepState step, HashSet<int> failing)
        {
            if (step.Target.Kind == TargetKind.Guest && _hosts.Contains(turn.HostOf(step.Target)))
                return true;
            if (step.MovesTarget && step.Needs.Any(_keys.Contains))
                return true;
            var rank = StepList.RankOf(turn.Model, step);
            return rank < _sharedRank
                || (_manager && rank < Ranks.Manager && failing.Contains(turn.FedAs(step.Target)));
        }

        private void AddKeys(Turn turn, StepState step, bool groups)
        {
            _keys.Add(turn.KeyOf(step.Target));
            if (groups && step.Target.Kind == TargetKind.Guest)
                _keys.Add(PlanGraph.GroupKey(turn.HostOf(step.Target)));
        }

        private void AddHost(PlanModel model, StepState step)
        {
            var rank = StepList.RankOf(model, step);
            _hosts.Add(step.Target.HostId);
            if (Ranks.IsShared(model, step))
                _sharedRank = Math.Max(_sharedRank, rank);
            _manager |= rank == Ranks.Manager;
        }
    }

    /// <summary>I6, I11: what needs it and could not be stopped keeps it waiting no longer than its own bound; that it is
    /// stopped all the same is said.</summary>
    private void TellWhoIsLeft(int index, StepState step)
    {
        foreach (var d in Order.NeededBy(index))
        {
            if (Run?.Steps[d] is { Status: StepStatus.Failed or StepStatus.Unknown } left)
                Tell(
                    "step.neededStill",
                    NoticeLevel.Warning,
                    $"{step.Target.Name} is stopped although {left.Target.Name}, which needs it, could not be: {left.Detail}",
                    ("target", step.Target.Name)
                );
        }
    }
}
