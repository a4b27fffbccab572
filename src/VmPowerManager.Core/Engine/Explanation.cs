using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Where a plan stands, in words and figures, at any moment (POLICY F9).</summary>
public sealed record Explanation
{
    /// <summary><c>normal</c>, <c>onBattery</c>, <c>shuttingDown</c>, <c>down</c>, <c>waiting</c> (mains is back, gates
    /// are not passed), <c>stopped</c> (mains is there, machines are down, and only a person starts them),
    /// <c>startingUp</c>, <c>rehearsing</c>, <c>drilling</c>, <c>held</c>, <c>maintenance</c> (of the whole plan: nothing
    /// automatic begins), <c>unknown</c> (no UPS can be trusted).</summary>
    public required string Stage { get; init; }
    public required string Sentence { get; init; }
    public double? EffectiveRuntimeSeconds { get; init; }

    /// <summary><c>measured</c>, <c>extrapolated</c>, <c>assumed</c>.</summary>
    public required string RuntimeSource { get; init; }
    public NextPhase? Next { get; init; }

    /// <summary>What else is to be known: maintenance, a planned shutdown, what witnesses say.</summary>
    public ImmutableArray<Sentence> Notes { get; init; } = [];

    public static Explanation Of(PlanModel model, PlanState state, Moment now)
    {
        var view = model.PlanSupply(state.Upses, now.Elapsed);
        var worst = model
            .Hosts.Values.Select(h => model.SupplyOf(h, state.Upses, now.Elapsed))
            .Append(view)
            .OrderByDescending(s => s.IsCritical)
            .ThenByDescending(s => s.OnBatteryFor)
            .First();
        var stage = StageOf(model, state, worst, now);
        // With enough other supplies a confirmed loss leads to nothing (B5).
        var threatened = worst.Failing || !Confirmed(state).Any();
        var next = stage is "onBattery" or "held" && threatened ? NextOf(model, worst) : null;
        var estimated = state.Upses.Values.Any(u => u.Estimated(now.Elapsed).Contains("batteryRuntimeSeconds"));
        var runtime = worst.TimeLeftSeconds ?? state.Upses.Values.Select(u => u.RuntimeSeconds(now.Elapsed)).Min();
        return new Explanation
        {
            Stage = stage,
            Sentence = Say(model, state, worst, SaidAs(stage, state, worst), next, now),
            EffectiveRuntimeSeconds = runtime,
            RuntimeSource =
                runtime is null ? "assumed"
                : estimated ? "extrapolated"
                : "measured",
            Next = next,
            Notes = [.. StandingWords.Of(model, state, now)],
        };
    }

    private static string StageOf(PlanModel model, PlanState state, SupplyView worst, Moment now) =>
        state switch
        {
            { Run.Kind: RunKind.Rehearsal } => "rehearsing",
            { Run.Cause: RunCause.Drill } => "drilling",
            { Run.Kind: RunKind.Shutdown } => "shuttingDown",
            { Run.Kind: RunKind.Startup } => "startingUp",
            { Hold: not null } => "held",
            { Maintenance.Whole: true } => "maintenance",
            { Cycle: { Settling: true } } when worst.OnMains => "normal",
            { Cycle: { Acted: true, StartWanted: false } c } when worst.OnMains && (c.Manual || c.StartFailed) =>
                "stopped",
            { Cycle.WaitingSince: not null } => "waiting",
            { Cycle.Acted: true } => worst.OnMains ? "waiting" : "down",
            _ when worst.Failing => "onBattery",
            _ when state.Upses.Values.Any(u => u.OnBatterySeen) => "onBattery",
            _ when model.Upses.Count > 0 && state.Upses.Values.All(u => u.Untrusted) => "unknown",
            _ => "normal",
        };

    /// <summary>Maintenance is told beside how the power stands.</summary>
    private static string SaidAs(string stage, PlanState state, SupplyView worst) =>
        stage != "maintenance" ? stage
        : worst.Failing || state.Upses.Values.Any(u => u.OnBatterySeen) ? "onBattery"
        : "normal";

    private static IEnumerable<string> Confirmed(PlanState state) =>
        state.Upses.Values.Where(u => u.OnBattery).Select(u => u.Policy.Name);

    private static NextPhase? NextOf(PlanModel model, SupplyView supply)
    {
        foreach (var phase in model.Definition.Phases)
        {
            var trigger = phase.Trigger;
            double? wait = trigger.OnBatteryForSeconds is { } span
                ? Math.Max(0, Math.Max(span, model.Definition.OnBatteryDelaySeconds) - supply.OnBatteryFor.TotalSeconds)
                : null;
            string?[] reasons =
            [
                trigger.RuntimeBelowSeconds is { } r ? $"below {Words.Duration(r)} runtime" : null,
                trigger.ChargeBelowPercent is { } c ? $"below {c.ToString("0", Words.Culture)} % charge" : null,
                trigger.LowBattery ? "at low battery" : null,
                trigger.Auto ? "at the latest moment that fits" : null,
            ];
            return new NextPhase(phase.Id, phase.Name, wait, string.Join(" or ", reasons.OfType<string>()));
        }
        return null;
    }

    private static string Say(
        PlanModel model,
        PlanState state,
        SupplyView worst,
        string stage,
        NextPhase? next,
        Moment now
    )
    {
        var supplies =
            $"{worst.Good.ToString("0.##", Words.Culture)} of {worst.Needed.ToString("0.##", Words.Culture)} supplies needed are good.";
        var armed = model.Armed ? "" : " The plan is not armed: it will not act.";
        var steps = state.Run?.Steps.Where(s => s.Selected).ToList() ?? [];
        var done = steps.Count(s => s.Terminal);
        return stage switch
        {
            "held" when !worst.Failing && !state.Upses.Values.Any(u => u.OnBatterySeen) =>
                $"Held by {state.Hold?.By}: no automatic run begins. {supplies}{armed}",
            "onBattery" or "held" when worst.OffOnly =>
                $"A UPS says that its output is off; that alone shuts nothing down. {supplies}{armed}",
            "onBattery" or "held" => OnBattery(worst, state, next, state.Hold, supplies) + armed,
            "shuttingDown" => $"Shutting down: {done} of {steps.Count} done.{Because(state)} {supplies}",
            "startingUp" => $"Starting up: {done} of {steps.Count} done.",
            "drilling" =>
                $"Fire drill: {state.Run?.Steps[0].Target.Name} is stopped and started again, nothing else is touched. {supplies}",
            "rehearsing" => $"Rehearsing: {done} of {steps.Count} checked. Nothing is changed.",
            "stopped" => $"{Stopped(state.Cycle)} {supplies}",
            "down" => $"Down, waiting for mains. {supplies}",
            "waiting" =>
                $"Mains is back; startup waits for {Words.Duration(model.Definition.Startup.StableMainsSeconds)} of stable mains"
                    + (
                        model.Definition.Startup.MinChargePercent is { } p
                            ? $" and {p.ToString("0", Words.Culture)} % charge."
                            : "."
                    )
                    + armed,
            "unknown" => "No UPS of this plan gives a reading that can be trusted; that alone shuts nothing down.",
            _ => $"On mains. {supplies}{armed}",
        };
    }

    private static string Stopped(CycleState? cycle) =>
        cycle switch
        {
            { StartFailed: true } => "The startup ended with failures: a person decides what is tried again.",
            { StartAfterLoss: true } => "Stopped by hand: it starts once mains was lost and is stable again.",
            _ => "Stopped by hand: nothing starts by itself.",
        };

    private static string OnBattery(
        SupplyView worst,
        PlanState state,
        NextPhase? next,
        HoldState? hold,
        string supplies
    )
    {
        var time =
            worst.Failing ? $"On battery {Words.Clock(worst.OnBatteryFor)}."
            : Confirmed(state).ToList() is { Count: > 0 } confirmed
                ? $"{string.Join(", ", confirmed)} on battery; the other supplies are enough."
            : "A battery was seen in use; not confirmed yet.";
        var held = hold is null
            ? ""
            : $" Held by {hold.By}: nothing begins{(hold.EvenIfCritical ? "" : " unless the power becomes critical")}.";
        var conditions = next is null
            ? ""
            : string.Join(
                " or ",
                new[]
                {
                    next.InSeconds is { } s ? $"in {Words.Clock(TimeSpan.FromSeconds(s))}" : null,
                    next.Because.Length > 0 ? next.Because : null,
                }.OfType<string>()
            );
        var first =
            next is null ? ""
            : conditions.Length == 0 ? $" First phase ({next.Name}) never begins by itself;"
            : $" First phase ({next.Name}) {conditions};";
        var now =
            next is null ? ""
            : worst.TimeLeftSeconds is { } left ? $" now {Words.Duration(left)}."
            : " runtime is unknown.";
        return $"{time}{held}{first}{now} {supplies}";
    }

    private static string Because(PlanState state) =>
        state.Run?.DecidedBy.GetValueOrDefault("because") is { } because ? $" Because {because}." : "";
}

/// <summary>The next phase that may begin. <see cref="InSeconds"/> is null when time alone will not begin it.</summary>
public sealed record NextPhase(string Id, string Name, double? InSeconds, string Because);
