using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Takes up a stored state after a restart of the process or of its machine (POLICY F6, F7).</summary>
internal sealed partial class Turn
{
    /// <summary>F6, F7, I3: effects in flight are forgotten; what they did is learned by looking, before anything is asked
    /// again. A command cannot be looked at: it is not repeated.</summary>
    private void TakeResumed(Resumed resumed)
    {
        _state = Ordinal(_state);
        _notices.AddRange(_state.Untold);
        _state = _state with
        {
            ResumedAt = Now,
            Outages = resumed.NewBoot ? [] : _state.Outages,
            Cycle = resumed.NewBoot && _state.Cycle is { } cycle ? OfOldBoot(cycle) : _state.Cycle,
            Upses = _state.Upses.ToImmutableSortedDictionary(
                u => u.Key,
                u => resumed.NewBoot ? UpsEvidence.Unseen(u.Value.Policy, Now) : u.Value.Resumed(Now)
            ),
            Hosts = resumed.NewBoot ? ImmutableSortedDictionary<int, HostView>.Empty : ProvedOnly(_state.Hosts),
            Debts = Unanswered(_state.Debts, resumed.NewBoot),
            Witnesses = ImmutableSortedDictionary<int, UpsEvidence>.Empty,
            Canaries = ImmutableSortedDictionary<int, CanaryView>.Empty,
            Guests = _state.Guests.ToImmutableSortedDictionary(
                g => g.Key,
                g => g.Value with { Power = PowerState.Unknown, SeenAt = TimeSpan.MinValue },
                StringComparer.Ordinal
            ),
        };
        if (Run is { } run)
        {
            ForgetResults(run);
            if (resumed.NewBoot)
                CloseAfterBoot(run);
        }
        if (resumed.NewBoot)
            LookForLoss();
    }

    /// <summary>C9: proofs that hosts are off are kept, and stand only with a new look.</summary>
    private static ImmutableSortedDictionary<int, HostView> ProvedOnly(
        ImmutableSortedDictionary<int, HostView> hosts
    ) =>
        hosts
            .Where(h => h.Value.ProvedOffAt is not null)
            .ToImmutableSortedDictionary(h => h.Key, h => new HostView { ProvedOffAt = h.Value.ProvedOffAt });

    /// <summary>F6: across boots only the wall can say how long ago, and only where it is believable.</summary>
    private TimeSpan Gap(DateTimeOffset then) =>
        now.Wall - then is { } gap && gap >= TimeSpan.Zero && gap <= TimeSpan.FromHours(24) ? gap : TimeSpan.Zero;

    /// <summary>Elapsed times of another boot mean nothing in this one (F6).</summary>
    private CycleState OfOldBoot(CycleState cycle) =>
        cycle with
        {
            OpenedAt = Now - Gap(cycle.OpenedWall),
            WaitingSince = null,
            Cuts = ImmutableSortedDictionary<int, CutOrder>.Empty,
            Snapshot = cycle.Snapshot.ToImmutableSortedDictionary(
                e => e.Key,
                e => e.Value with { AskedAt = null },
                StringComparer.Ordinal
            ),
        };

    /// <summary>JSON keeps no comparers: keys are compared by code points again, as they were.</summary>
    private static PlanState Ordinal(PlanState state) =>
        state with
        {
            Guests = state.Guests.WithComparers(StringComparer.Ordinal),
            Told = state.Told.WithComparer(StringComparer.Ordinal),
            LastUp = state.LastUp.WithComparers(StringComparer.Ordinal),
            Cycle = state.Cycle is not { } cycle
                ? null
                : cycle with
                {
                    Snapshot = cycle.Snapshot.WithComparers(StringComparer.Ordinal),
                    Commands = cycle.Commands.WithComparer(StringComparer.Ordinal),
                },
            Run = state.Run is not { } run
                ? null
                : run with
                {
                    Model = run.Model with
                    {
                        Guests = run.Model.Guests.WithComparers(StringComparer.Ordinal),
                        Durations = run.Model.Durations.WithComparers(StringComparer.Ordinal),
                    },
                },
        };

    private void ForgetResults(RunState run)
    {
        for (var i = 0; i < run.Steps.Length; i++)
        {
            var step = run.Steps[i];
            if (step.Terminal || step.Effect is null)
                continue;
            Sentence words = $"The manager restarted while this was asked.";
            SetStep(i, step with { Effect = null, ResultLost = true, Detail = words });
            // What a platform prepares bears repetition.
            if (step is { Action: StepAction.Command, Prepare: null } && run.Kind != RunKind.Rehearsal)
                Finish(
                    i,
                    StepStatus.Unknown,
                    null,
                    $"The manager restarted while this command ran; it is not repeated."
                );
        }
    }

    /// <summary>F7: a new boot means that power is here; an open run is closed and startup is evaluated.</summary>
    private void CloseAfterBoot(RunState run)
    {
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (run.Steps[i] is { Terminal: false } step)
            {
                var status = step.Status == StepStatus.Running ? StepStatus.Unknown : StepStatus.Cancelled;
                Finish(i, status, null, $"The machine that runs the manager was started anew.");
            }
        }
        EndRunAs(RunStatus.Cancelled, $"The machine that runs the manager was started anew.");
    }
}
