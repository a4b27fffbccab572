using System.Collections.Immutable;

namespace VmPowerManager.Core.Plans;

/// <summary>What is wrong with the dependencies, waits, load shedding and the startup's own phases of a definition as
/// written, by field.</summary>
internal static class GraphValidation
{
    private const int LongestSeconds = 7 * 24 * 3600;
    private const string Span = "Between 1 second and 7 days.";
    private const string OneTarget = "Name exactly one of guestId, hostId, guestsOf.";

    /// <summary>What is null and never is: nothing else is looked into before that is mended.</summary>
    public static IEnumerable<(string Field, string Message)> Gaps(PlanDefinition plan)
    {
        for (var d = 0; d < plan.Dependencies.Length; d++)
        {
            if (plan.Dependencies[d] is not { From: not null, To: not null })
                yield return ($"dependencies[{d}]", "A dependency names what needs, and what it needs.");
        }
        for (var p = 0; p < (plan.Startup?.Phases.Length ?? 0); p++)
        {
            var phase = plan.Startup?.Phases[p];
            if (phase is not { Trigger: not null } || phase.Steps.Any(s => s is not { Target: not null }))
                yield return ($"startup.phases[{p}]", "A phase has steps, and a step has a target.");
        }
        foreach (var (at, step) in All(plan))
        {
            if (step?.DependsOn.IndexOf(null!) is >= 0 and var d)
                yield return ($"{at}.dependsOn[{d}]", "A target is not null.");
        }
    }

    public static IEnumerable<(string Field, string Message)> Errors(PlanDefinition plan) =>
        [.. Dependencies(plan), .. Shedding(plan), .. All(plan).SelectMany(s => Step(s.At, s.Step)), .. Startup(plan)];

    /// <summary>Every step, of phases that may have gaps too.</summary>
    private static IEnumerable<(string At, StepDefinition Step)> All(PlanDefinition plan) =>
        Steps("phases", plan.Phases).Concat(Steps("startup.phases", plan.Startup?.Phases ?? []));

    private static IEnumerable<(string At, StepDefinition Step)> Steps(
        string field,
        ImmutableArray<PhaseDefinition> phases
    ) => phases.SelectMany((phase, p) => phase?.Steps.Select((step, s) => ($"{field}[{p}].steps[{s}]", step)) ?? []);

    private static IEnumerable<(string, string)> Dependencies(PlanDefinition plan)
    {
        for (var d = 0; d < plan.Dependencies.Length; d++)
        {
            var (from, to) = (plan.Dependencies[d].From, plan.Dependencies[d].To);
            if (!IsOne(from))
                yield return ($"dependencies[{d}].from", OneTarget);
            if (!IsOne(to))
                yield return ($"dependencies[{d}].to", OneTarget);
            if (IsOne(from) && Same(from, to))
                yield return ($"dependencies[{d}].to", "Nothing needs itself.");
        }
    }

    private static bool IsOne(TargetDefinition target) =>
        target.UpsId is null && new[] { target.GuestId, target.HostId, target.GuestsOf }.Count(t => t is not null) == 1;

    private static bool Same(TargetDefinition one, TargetDefinition other) =>
        (one.GuestId, one.HostId, one.GuestsOf) == (other.GuestId, other.HostId, other.GuestsOf);

    private static IEnumerable<(string, string)> Shedding(PlanDefinition plan)
    {
        for (var p = 0; p < plan.Phases.Length; p++)
        {
            var (phase, at) = (plan.Phases[p], $"phases[{p}]");
            if (phase.MinChargePercent is not (null or >= 0 and <= 100))
                yield return ($"{at}.minChargePercent", "Between 0 and 100.");
            if (phase.Kind != PhaseKind.Shed)
                continue;
            if (plan.Phases.Take(p).Any(o => o.Kind == PhaseKind.Normal))
                yield return ($"{at}.kind", "Load shedding comes before all other phases.");
            if (plan.PointOfNoReturnPhase == phase.Id)
                yield return ("pointOfNoReturnPhase", "Load shedding can always be undone: name another phase.");
            for (var s = 0; s < phase.Steps.Length; s++)
            {
                if (phase.Steps[s].Action is not (StepAction.Shutdown or StepAction.Save or StepAction.ForceOff))
                    yield return ($"{at}.steps[{s}].action", "Load shedding stops guests and hosts, and nothing else.");
            }
        }
    }

    private static IEnumerable<(string, string)> Step(string at, StepDefinition step)
    {
        for (var d = 0; d < step.DependsOn.Length; d++)
        {
            if (!IsOne(step.DependsOn[d]))
                yield return ($"{at}.dependsOn[{d}]", OneTarget);
            else if (Same(step.DependsOn[d], step.Target) && PlanSteps.MovesTarget(step.Action))
                yield return ($"{at}.dependsOn[{d}]", "Nothing needs itself.");
        }
        if (step.StartTimeoutSeconds is <= 0 or > LongestSeconds)
            yield return ($"{at}.startTimeoutSeconds", Span);
        if (step.Action == StepAction.WaitUntil && step.Ready is null)
            yield return ($"{at}.ready", "Say what is waited for.");
        if (step.Ready is not { } ready)
            yield break;
        if (ready.TimeoutSeconds is <= 0 or > LongestSeconds)
            yield return ($"{at}.ready.timeoutSeconds", Span);
        if (ready is { Kind: ReadyKind.Ping or ReadyKind.Port, Address: null } && step.Target.HostId is null)
            yield return ($"{at}.ready.address", "The address of a guest is not known: name it.");
        if (ready.Kind == ReadyKind.Port && ready.Port is not (>= 1 and <= 65535))
            yield return ($"{at}.ready.port", "From 1 to 65535.");
        if (ready.Kind == ReadyKind.Command && string.IsNullOrWhiteSpace(ready.Command))
            yield return ($"{at}.ready.command", "Say which command.");
        if (ready.Kind == ReadyKind.Agent && step.Target.HostId is not null)
            yield return ($"{at}.ready.kind", "Only guests have an agent.");
        if (ready.Address is { } address && Uri.CheckHostName(address.Trim('[', ']')) == UriHostNameType.Unknown)
            yield return ($"{at}.ready.address", "A name or an address.");
    }

    private static IEnumerable<(string, string)> Startup(PlanDefinition plan)
    {
        var startup = plan.Startup;
        if (startup.Mirror && startup.Phases.Length > 0)
            yield return ("startup.mirror", "It either mirrors the way down, or has phases of its own.");
        if (!startup.Mirror && startup.Phases.Length == 0)
            yield return ("startup.phases", "A startup that mirrors nothing has phases of its own.");
        for (var p = 0; p < startup.Phases.Length; p++)
        {
            var (phase, at) = (startup.Phases[p], $"startup.phases[{p}]");
            if (string.IsNullOrWhiteSpace(phase.Id))
                yield return ($"{at}.id", "A phase needs an id.");
            if (startup.Phases.Take(p).Any(o => o.Id == phase.Id))
                yield return ($"{at}.id", $"Another phase has the id \"{phase.Id}\".");
            if (phase.Steps.Length == 0)
                yield return ($"{at}.steps", "A phase has at least one step.");
            if (!phase.Trigger.IsEmpty)
                yield return ($"{at}.trigger", "A phase of the startup waits for charge and for the phases before it.");
            if (phase.DelayBetweenStepsSeconds is < 0 or > LongestSeconds)
                yield return ($"{at}.delayBetweenStepsSeconds", "Between 0 seconds and 7 days.");
            if (phase.MinChargePercent is not (null or >= 0 and <= 100))
                yield return ($"{at}.minChargePercent", "Between 0 and 100.");
        }
        var seen = new HashSet<(int?, int?, int?)>();
        foreach (var (at, step) in PlanSteps.Startup(plan))
        {
            foreach (var error in StartStep(at, step))
                yield return error;
            var target = (step.Target.GuestId, step.Target.HostId, step.Target.GuestsOf);
            if (PlanSteps.MovesTarget(step.Action) && !seen.Add(target))
                yield return (at, "This target has a step already.");
        }
    }

    private static IEnumerable<(string, string)> StartStep(string at, StepDefinition step)
    {
        var target = step.Target;
        if (!IsOne(target))
            yield return ($"{at}.target", OneTarget);
        var fits = step.Action switch
        {
            StepAction.Start => target.HostId is null,
            StepAction.Wake or StepAction.Command => target.HostId is not null,
            StepAction.WaitUntil => target.GuestsOf is null,
            _ => false,
        };
        if (IsOne(target) && !fits)
            yield return ($"{at}.action", $"{step.Action} does not go with this target in a startup.");
        if (step is { Action: StepAction.Command, Http: null } && string.IsNullOrWhiteSpace(step.Command))
            yield return ($"{at}.command", "Say which command.");
        foreach (var (field, message) in StepRules.OfWords(step))
            yield return ($"{at}.{field}", message);
        if (step.Prepare is not null)
            yield return ($"{at}.prepare", "A startup prepares nothing: it ends with what was prepared being undone.");
        if (step.TimeoutSeconds is <= 0 or > LongestSeconds)
            yield return ($"{at}.timeoutSeconds", Span);
    }
}
