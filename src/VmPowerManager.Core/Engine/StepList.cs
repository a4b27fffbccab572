using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Turns a plan's definition into steps on resolved targets, and knows their fixed order.</summary>
public static class StepList
{
    private static readonly RungDefinition Force = new() { Action = StepAction.ForceOff, TimeoutSeconds = 30 };

    /// <summary>The steps of a shutdown, in the order in which the plan has them.</summary>
    public static ImmutableArray<StepState> Shutdown(PlanModel model, PlanState state)
    {
        var names = new Names(
            model,
            state,
            model.Guests.Values.Where(g => g.Id is not null).DistinctBy(g => g.Id).ToDictionary(g => g.Id ?? 0)
        );
        return
        [
            .. model.Definition.Phases.SelectMany((phase, p) => phase.Steps.SelectMany(s => Of(names, phase, p, s))),
        ];
    }

    /// <summary>Where targets are looked up.</summary>
    private sealed record Names(PlanModel Model, PlanState State, Dictionary<int, GuestModel> Guests)
    {
        /// <summary>Guests that run this program.</summary>
        public HashSet<string> Own { get; } =
            Model.Hosts.Values.Select(h => h.ManagerGuestKey).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<StepState> Of(Names names, PhaseDefinition phase, int index, StepDefinition step) =>
        Targets(names, step.Target)
            // What runs this program goes down with its host, never before (C6).
            .Where(target => names.Own.Count == 0 || target.Kind != TargetKind.Guest || !names.Own.Contains(target.Key))
            .Select(target => new StepState
            {
                Phase = phase.Id,
                PhaseIndex = index,
                Target = target,
                Action = step.Action,
                Ladder = LadderOf(step),
                Command = step.Command,
                Undo = step.Undo,
                Prepare = step.Prepare,
                Http = step.Http,
                NeverForce = step.NeverForce,
                Ready = step.Ready,
                StartTimeoutSeconds = step.StartTimeoutSeconds,
                CutDelaySeconds = step.CutDelaySeconds,
                Needs = NeedsOf(names.Model.Graph, step, target),
            });

    /// <summary>What the step's target needs; of a command or a wait, what the step itself names.</summary>
    internal static ImmutableArray<string> NeedsOf(PlanGraph graph, StepDefinition step, TargetRef target) =>
        PlanSteps.MovesTarget(step.Action)
            ? graph.NeedsOf(target)
            : [.. step.DependsOn.SelectMany(graph.KeysOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The rungs of a step: its ladder, or the short form (C3).</summary>
    public static ImmutableArray<RungDefinition> LadderOf(StepDefinition step)
    {
        if (step.Ladder.Length > 0)
            return step.NeverForce ? [.. step.Ladder.Where(r => !Forces(r.Action))] : step.Ladder;
        var first = new RungDefinition { Action = step.Action, TimeoutSeconds = step.TimeoutSeconds };
        if (step.Target.HostId is not null || step.Action is StepAction.Command or StepAction.ForceOff)
            return [first];
        return step.OnTimeout switch
        {
            OnTimeout.ForceOff when !step.NeverForce => [first, Force],
            OnTimeout.Save => [first, first with { Action = StepAction.Save }],
            _ => [first],
        };
    }

    private static bool Forces(StepAction action) => action is StepAction.ForceOff or StepAction.BmcOff;

    private static IEnumerable<TargetRef> Targets(Names names, TargetDefinition target)
    {
        var (model, state, guests) = (names.Model, names.State, names.Guests);
        if (target.GuestId is { } guestId)
            return [guests.TryGetValue(guestId, out var guest) ? TargetRef.Of(guest) : Missing(guestId)];
        if (target.HostId is { } hostId && model.Hosts.TryGetValue(hostId, out var host))
            return [TargetRef.Of(host)];
        if (target.GuestsOf is { } of)
        {
            return state
                .Guests.Values.Where(g => g.HostId == of && g.Power is PowerState.Running or PowerState.Paused)
                .Where(g => (g.Id is not { } id || !target.Except.Contains(id)))
                .Select(TargetRef.Of);
        }
        return target.UpsId is { } upsId
            ?
            [
                new TargetRef
                {
                    Kind = TargetKind.Ups,
                    Id = upsId,
                    Name = model.Upses.GetValueOrDefault(upsId)?.Name ?? $"UPS {upsId}",
                },
            ]
            : [];
    }

    private static TargetRef Missing(int guestId) =>
        new()
        {
            Kind = TargetKind.Guest,
            Id = guestId,
            Name = $"guest {guestId}",
        };

    /// <summary>What may not be broken whatever the phases say (C6): lower ranks go down first and come up last.</summary>
    public static int RankOf(PlanModel model, StepState step) =>
        step switch
        {
            { Target.Kind: TargetKind.Ups } => Ranks.Cut,
            { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown or StepAction.Wake } => Ranks.Of(
                model,
                step.Target.HostId
            ),
            { Target.Kind: TargetKind.Guest } => Ranks.Of(model, step.Target),
            _ => Ranks.Ordinary,
        };

    /// <summary>The longest that a phase can take, seconds: its rungs, in parallel or one after the other.</summary>
    public static double BoundSeconds(PhaseDefinition phase)
    {
        var steps = phase.Steps.Select(s => (double)LadderOf(s).Sum(r => r.TimeoutSeconds)).DefaultIfEmpty();
        return phase.Parallel
            ? steps.Max()
            : steps.Sum() + (phase.DelayBetweenStepsSeconds * Math.Max(0, phase.Steps.Length - 1));
    }
}
