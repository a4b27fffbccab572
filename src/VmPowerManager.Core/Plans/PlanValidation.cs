namespace VmPowerManager.Core.Plans;

/// <summary>What is wrong with a definition as written, by field (API.md: 400).</summary>
public static class PlanValidation
{
    private const int LongestSeconds = Findings.LongestSeconds;

    /// <exception cref="InvalidInputException">With one message or more for each field that is wrong.</exception>
    public static void Demand(PlanDefinition plan)
    {
        var errors = Errors(plan);
        if (errors.Count > 0)
            throw new InvalidInputException(errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }

    /// <summary>Accepts what a person may still mend, but not what no editor could show.</summary>
    /// <exception cref="InvalidInputException">Something is null that never is.</exception>
    public static void DemandNoGaps(PlanDefinition plan)
    {
        var errors = new Findings();
        if (!Gaps(plan, errors))
            throw new InvalidInputException(errors.ByField.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }

    public static IReadOnlyDictionary<string, List<Sentence>> Errors(PlanDefinition plan)
    {
        var errors = new Findings();
        errors.When(string.IsNullOrWhiteSpace(plan.Name), "name", "A plan needs a name.");
        errors.When(plan.Name?.Length > 200, "name", "A name has at most 200 characters.");
        errors.When(plan.UpsIds.Length == 0, "upsIds", "Name at least one UPS.");
        errors.When(plan.UpsIds.Distinct().Count() != plan.UpsIds.Length, "upsIds", "Each UPS is named once.");
        errors.When(!(plan.MinSupplies > 0), "minSupplies", "At least one supply is needed: more than 0.");
        errors.Span("onBatteryDelaySeconds", plan.OnBatteryDelaySeconds, 0);
        errors.Span("safetyMarginSeconds", plan.SafetyMarginSeconds, 0);
        errors.Span("returnConfirmSeconds", plan.ReturnConfirmSeconds, 0);
        errors.When(plan.Phases.Length == 0, "phases", "A plan has at least one phase.");
        if (!Gaps(plan, errors))
            return errors.ByField;
        Phases(plan, errors);
        Startup(plan.Startup, errors);
        var more = GraphValidation
            .Errors(plan)
            .Concat(RehearsalValidation.Errors(plan.Schedule))
            .Concat(PowerValidation.Errors(plan));
        errors.Add(more);
        return errors.ByField;
    }

    /// <summary>JSON can leave out, by null, what is never null here. What has gaps is not looked into any further.</summary>
    private static bool Gaps(PlanDefinition plan, Findings errors)
    {
        errors.When(plan.Startup is null, "startup", "It may be left out, but not be null.");
        for (var p = 0; p < plan.Phases.Length; p++)
        {
            errors.When(plan.Phases[p] is null, $"phases[{p}]", "A phase is not null.");
            if (plan.Phases[p] is not { } phase)
                continue;
            errors.When(phase.Trigger is null, $"phases[{p}].trigger", "A trigger may be left out, but not be null.");
            for (var s = 0; s < phase.Steps.Length; s++)
            {
                var at = $"phases[{p}].steps[{s}]";
                errors.When(phase.Steps[s] is null, at, "A step is not null.");
                errors.When(phase.Steps[s] is { Target: null }, $"{at}.target", "A step has a target.");
                var hole = phase.Steps[s]?.Ladder.IndexOf(null!) ?? -1;
                errors.When(hole >= 0, $"{at}.ladder[{hole}]", "A rung is not null.");
            }
        }
        errors.Add(GraphValidation.Gaps(plan));
        return !errors.ByField.Keys.Any(k =>
            k.StartsWith("phases[", StringComparison.Ordinal)
            || k.StartsWith("startup", StringComparison.Ordinal)
            || k.StartsWith("dependencies[", StringComparison.Ordinal)
        );
    }

    private static void Phases(PlanDefinition plan, Findings errors)
    {
        for (var p = 0; p < plan.Phases.Length; p++)
        {
            var (phase, at) = (plan.Phases[p], $"phases[{p}]");
            errors.When(string.IsNullOrWhiteSpace(phase.Id), $"{at}.id", "A phase needs an id.");
            errors.When(
                plan.Phases.Take(p).Any(o => o.Id == phase.Id),
                $"{at}.id",
                $"Another phase has the id \"{phase.Id}\"."
            );
            errors.When(phase.Steps.Length == 0, $"{at}.steps", "A phase has at least one step.");
            errors.Span($"{at}.delayBetweenStepsSeconds", phase.DelayBetweenStepsSeconds, 0);
            Trigger(phase.Trigger, $"{at}.trigger", errors);
            for (var s = 0; s < phase.Steps.Length; s++)
                Step(phase.Steps[s], $"{at}.steps[{s}]", errors);
        }
        var noReturn = plan.PointOfNoReturnPhase;
        errors.When(
            noReturn is not null && plan.Phases.All(p => p.Id != noReturn),
            "pointOfNoReturnPhase",
            $"No phase has the id \"{noReturn}\"."
        );
        Order(plan, errors);
    }

    private static void Trigger(TriggerDefinition trigger, string at, Findings errors)
    {
        errors.When(
            trigger.RuntimeBelowSeconds is { } r && r is <= 0 or > LongestSeconds,
            $"{at}.runtimeBelowSeconds",
            "Between 1 second and 7 days."
        );
        errors.When(
            trigger.ChargeBelowPercent is { } c && c is not (> 0 and <= 100),
            $"{at}.chargeBelowPercent",
            "Between 0 and 100."
        );
        errors.When(
            trigger.OnBatteryForSeconds is { } o && o is < 0 or > LongestSeconds,
            $"{at}.onBatteryForSeconds",
            "Between 0 seconds and 7 days."
        );
        errors.When(
            trigger.DepletionAbovePercentPerMinute is { } d && d is not (> 0 and <= 100),
            $"{at}.depletionAbovePercentPerMinute",
            "Between 0 and 100."
        );
    }

    private static void Step(StepDefinition step, string at, Findings errors)
    {
        var target = step.Target;
        var named = new[] { target.GuestId, target.HostId, target.UpsId, target.GuestsOf }.Count(t => t is not null);
        errors.When(named != 1, $"{at}.target", "Name exactly one of guestId, hostId, upsId, guestsOf.");
        errors.Span($"{at}.timeoutSeconds", step.TimeoutSeconds, 1);
        var guest = target.GuestId is not null || target.GuestsOf is not null;
        var fits = step.Action switch
        {
            StepAction.Shutdown => guest || target.HostId is not null,
            StepAction.Save or StepAction.ForceOff => guest,
            StepAction.Command => target.HostId is not null,
            StepAction.WaitUntil => target.HostId is not null || target.GuestId is not null,
            StepAction.CutOutput => target.UpsId is not null,
            _ => false,
        };
        errors.When(named == 1 && !fits, $"{at}.action", $"{step.Action} does not go with this target.");
        errors.When(
            step is { Action: StepAction.Command, Prepare: null, Http: null }
                && string.IsNullOrWhiteSpace(step.Command),
            $"{at}.command",
            "Say which command."
        );
        errors.When(
            step.Action != StepAction.Command && step.Command is not null,
            $"{at}.command",
            "Only a step with the action command has one."
        );
        errors.When(
            !guest && step.OnTimeout != OnTimeout.GiveUp,
            $"{at}.onTimeout",
            "Only guests can be saved or forced off."
        );
        Ladder(step, at, errors);
        errors.Add(StepRules.Against(step).Select(w => ($"{at}.{w.Field}", w.Message)));
    }

    private static void Ladder(StepDefinition step, string at, Findings errors)
    {
        for (var r = 0; r < step.Ladder.Length; r++)
        {
            var rung = step.Ladder[r];
            errors.Span($"{at}.ladder[{r}].timeoutSeconds", rung.TimeoutSeconds, 1);
            errors.When(
                rung.Action is not (StepAction.Shutdown or StepAction.Save or StepAction.ForceOff or StepAction.BmcOff),
                $"{at}.ladder[{r}].action",
                $"{rung.Action} is no rung of a ladder."
            );
        }
    }

    /// <summary>A cut is the last act, and nothing is asked of a host after its shutdown (C9, I2).</summary>
    private static void Order(PlanDefinition plan, Findings errors)
    {
        var steps = plan
            .Phases.SelectMany(
                (phase, p) => phase.Steps.Select((step, s) => (Phase: p, At: $"phases[{p}].steps[{s}]", Step: step))
            )
            .ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            var (phase, at, step) = steps[i];
            var after = steps.Skip(i + 1).ToList();
            errors.When(
                step.Action == StepAction.CutOutput && after.Any(l => l.Step.Action != StepAction.CutOutput),
                at,
                "Cutting a UPS output is the last act of a plan."
            );
            var down = steps
                .Take(i)
                .FirstOrDefault(e =>
                    e.Step is { Action: StepAction.Shutdown, Target.HostId: { } host }
                    && host == (step.Target.HostId ?? step.Target.GuestsOf)
                );
            errors.When(
                down.Step is not null && step.Action != StepAction.WaitUntil,
                at,
                $"This host is shut down before, in {down.At}."
            );
            var same =
                step is { Target.GuestId: { } guest, Action: not StepAction.WaitUntil }
                && steps.Take(i).Any(e => e.Step.Target.GuestId == guest && e.Step.Action != StepAction.WaitUntil);
            errors.When(same, at, "This guest has a step already: use its ladder.");
        }
    }

    private static void Startup(StartupDefinition startup, Findings errors)
    {
        errors.Span("startup.stableMainsSeconds", startup.StableMainsSeconds, 0);
        errors.Span("startup.unknownChargeWaitSeconds", startup.UnknownChargeWaitSeconds, 0);
        errors.When(
            startup.MinChargePercent is { } c && c is not (>= 0 and <= 100),
            "startup.minChargePercent",
            "Between 0 and 100."
        );
        errors.When(
            startup.MinRuntimeSeconds is < 0 or > LongestSeconds,
            "startup.minRuntimeSeconds",
            "Between 0 seconds and 7 days."
        );
        errors.When(
            startup.MaxWaitSeconds is < 0 or > LongestSeconds,
            "startup.maxWaitSeconds",
            "Between 0 seconds and 7 days."
        );
    }
}
