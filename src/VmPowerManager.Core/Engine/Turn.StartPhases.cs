using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>The steps of a startup: mirrored from the way down, or as the startup's own phases have them (POLICY E4).</summary>
internal sealed partial class Turn
{
    /// <summary>What the way down says about a target's start, for where its startup step says nothing.</summary>
    private ILookup<(int? Guest, int? Host), StepDefinition> StartWords() =>
        configured
            .Definition.Phases.SelectMany(p => p.Steps)
            .Where(s => PlanSteps.MovesTarget(s.Action))
            .Where(s => s.Target.GuestId is not null || s.Target.HostId is not null)
            .ToLookup(s => (s.Target.GuestId, s.Target.HostId));

    /// <summary>As written; what no phase names comes last (E2: every target of the plan). Commands and waits go with what
    /// is started: alone they bring nothing back.</summary>
    private List<ToStart> AsWritten(List<ToStart> wanted)
    {
        if (wanted.Count == 0)
            return [];
        var phases = configured.Definition.Startup.Phases;
        var left = wanted.ToDictionary(s => KeyOf(s.Target), StringComparer.Ordinal);
        var result = new List<ToStart>();
        for (var p = 0; p < phases.Length; p++)
        {
            foreach (var step in phases[p].Steps)
                result.AddRange(OfPhase(step, p, left));
        }
        result.AddRange(
            left.Values.OrderBy(s => s.Target.Kind == TargetKind.Host ? 0 : 1)
                .Select(s => s with { Phase = PhaseOfUnnamed(s, result, phases.Length) })
        );
        return [.. result.OrderBy(s => s.Phase)];
    }

    /// <summary>A host that nobody names comes with the first of its guests; anything else last.</summary>
    private int PhaseOfUnnamed(ToStart item, List<ToStart> named, int last) =>
        item.Target.Kind == TargetKind.Guest
            ? last
            : named
                .Where(s => s.Target.Kind == TargetKind.Guest && HostOf(s.Target) == item.Target.HostId)
                .Select(s => s.Phase)
                .DefaultIfEmpty(last)
                .Min();

    private List<ToStart> OfPhase(StepDefinition step, int phase, Dictionary<string, ToStart> left)
    {
        if (!PlanSteps.MovesTarget(step.Action))
            return About(step) is { } target ? [new ToStart(target, phase, step)] : [];
        List<ToStart> named = [.. left.Values.Where(s => Names(step.Target, s.Target))];
        foreach (var item in named)
            left.Remove(KeyOf(item.Target));
        return [.. named.Select(s => s with { Phase = phase, Written = step })];
    }

    private bool Names(TargetDefinition named, TargetRef target) =>
        target.Kind == TargetKind.Host
            ? named.HostId == target.HostId
            : (named.GuestId is { } id && id == target.Id)
                || (named.GuestsOf is { } host && host == HostOf(target) && !named.Except.Any(e => e == target.Id));

    /// <summary>Targets that only the startup's own phases name.</summary>
    private IEnumerable<ToStart> NamedByStartup() =>
        PlanSteps
            .Startup(configured.Definition)
            .Where(s => PlanSteps.MovesTarget(s.Step.Action))
            .Select(s => About(s.Step))
            .OfType<TargetRef>()
            .Select(t => new ToStart(t, 0));

    /// <summary>Whom a step is about; null for a group.</summary>
    private TargetRef? About(StepDefinition step) =>
        step.Target.HostId is { } host
            ? configured.Hosts.GetValueOrDefault(host) is { } h
                ? TargetRef.Of(h)
                : null
            : configured.Guests.Values.FirstOrDefault(g => g.Id is { } id && id == step.Target.GuestId) is { } guest
                ? TargetRef.Of(guest)
                : null;

    private StepState StartStep(ToStart item, ILookup<(int? Guest, int? Host), StepDefinition> words)
    {
        var host = item.Target.Kind == TargetKind.Host;
        var down = words[host ? (null, item.Target.HostId) : (item.Target.Id, null)].FirstOrDefault();
        var step = new StepState
        {
            Phase = PhaseIdOf(item),
            PhaseIndex = item.Phase,
            Target = item.Target,
            Action = host ? StepAction.Wake : StepAction.Start,
            Ready = item.Written?.Ready ?? down?.Ready,
            StartTimeoutSeconds = item.Written?.StartTimeoutSeconds ?? down?.StartTimeoutSeconds,
            Selected = true,
        };
        if (item.Written is { } written && !PlanSteps.MovesTarget(written.Action))
            return step with
            {
                Action = written.Action,
                Command = written.Command,
                Undo = written.Undo,
                Http = written.Http,
                Ladder = StepList.LadderOf(written),
                Needs = StepList.NeedsOf(configured.Graph, written, item.Target),
            };
        var within = StartWithin(step, host ? HostUpWithin : GuestUpWithin);
        var methods = host ? configured.Hosts.GetValueOrDefault(item.Target.HostId)?.WakeMethods.Length ?? 0 : 0;
        return step with
        {
            Ladder = host
                ? [.. WakeRungs(methods, within)]
                : [new RungDefinition { Action = StepAction.Start, TimeoutSeconds = (int)within.TotalSeconds }],
            Needs = configured.Graph.NeedsOf(item.Target with { HostId = HostOf(item.Target) }),
        };
    }

    private string PhaseIdOf(ToStart item)
    {
        var plan = configured.Definition;
        return plan.Startup.Mirror
            ? plan.Phases.ElementAtOrDefault(plan.Phases.Length - 1 - item.Phase)?.Id ?? ""
            : plan.Startup.Phases.ElementAtOrDefault(item.Phase)?.Id ?? "";
    }
}
