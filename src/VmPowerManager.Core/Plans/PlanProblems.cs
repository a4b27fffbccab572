using System.Text.Json.Serialization;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Plans;

/// <summary>Something about a plan that its owner should know. An error forbids arming (C2).</summary>
public sealed record PlanProblem(string Code, bool IsError, string Field, [property: JsonIgnore] Sentence Said)
{
    public PlanProblem(string code, bool isError, string field, string text)
        : this(code, isError, field, Sentence.Fixed(text)) { }

    /// <summary>In English.</summary>
    public string Text => Said.ToString();
}

/// <summary>Checks a plan against what it names (POLICY C2, F10).</summary>
public static class PlanProblems
{
    /// <param name="readings">The newest reading of each UPS, where there is one: tells which triggers can be met.</param>
    public static IReadOnlyList<PlanProblem> Find(PlanModel model, IReadOnlyDictionary<int, UpsReading?> readings) =>
        [
            .. Names(model),
            .. Simulated(model),
            .. Needs(model),
            .. Triggers(model, readings),
            .. Order(model),
            .. GraphProblems.Find(model),
            .. Manager(model),
            .. PowerProblems.Find(model),
            .. CutProblems.Find(model),
            .. LadderProblems.Find(model),
            .. Secrets(model),
        ];

    private static IEnumerable<PlanProblem> Names(PlanModel model)
    {
        var guests = model.Guests.Values.Select(g => g.Id).ToHashSet();
        foreach (var id in model.Definition.UpsIds.Where(id => !model.Upses.ContainsKey(id)))
            yield return new("unknownUps", true, "upsIds", $"UPS {id} does not exist.");
        foreach (var (at, step) in Steps(model))
        {
            if (step.Target.GuestId is { } guest && !guests.Contains(guest))
                yield return new("unknownGuest", true, $"{at}.target.guestId", $"Guest {guest} does not exist.");
            if ((step.Target.HostId ?? step.Target.GuestsOf) is { } host && !model.Hosts.ContainsKey(host))
                yield return new("unknownHost", true, $"{at}.target.hostId", $"Host {host} does not exist.");
            if (step.Target.UpsId is { } ups && !model.Upses.ContainsKey(ups))
                yield return new("unknownUps", true, $"{at}.target.upsId", $"UPS {ups} does not exist.");
        }
    }

    /// <summary>As after an import, which brings none.</summary>
    private static IEnumerable<PlanProblem> Secrets(PlanModel model) =>
        from request in PlanSteps.Requests(model.Definition)
        from header in request.Http.Headers.Select((h, i) => (Header: h, At: $"{request.At}.headers[{i}].value"))
        where header.Header is { Secret: true, Sealed: null, Value: null or "" }
        select new PlanProblem(
            "noSecret",
            true,
            header.At,
            $"The secret value of {header.Header.Name} is not stored here."
        );

    /// <summary>Good in a drill, so nothing forbids it; nobody should meet it unawares.</summary>
    private static IEnumerable<PlanProblem> Simulated(PlanModel model) =>
        model
            .Upses.Values.Where(u => u.IsSimulated)
            .Select(u => new PlanProblem(
                "simulatedUps",
                false,
                "upsIds",
                $"{u.Name} is not a real UPS: armed, this plan stops real machines when somebody plays an outage on it."
            ));

    /// <summary>A host that needs more than feeds it would count as failing at the first loss, and never start again.</summary>
    private static IEnumerable<PlanProblem> Needs(PlanModel model)
    {
        foreach (var host in model.Hosts.Values)
        {
            var (needed, fed) = (
                host.MinSupplies ?? model.Definition.MinSupplies,
                model.SuppliesOf(host).Sum(s => s.PowerValue)
            );
            if (needed > fed)
                yield return new(
                    "needsMoreThanItHas",
                    true,
                    "minSupplies",
                    $"{host.Name} needs {needed:0.##} supplies, and is fed by {fed:0.##}."
                );
        }
    }

    private static IEnumerable<PlanProblem> Triggers(PlanModel model, IReadOnlyDictionary<int, UpsReading?> readings)
    {
        for (var p = 0; p < model.Definition.Phases.Length; p++)
        {
            var (trigger, at) = (model.Definition.Phases[p].Trigger, $"phases[{p}].trigger");
            if (trigger.IsEmpty)
                yield return new(
                    "noTrigger",
                    true,
                    at,
                    $"Phase \"{model.Definition.Phases[p].Name}\" can never begin: it has no trigger. Try onBatteryForSeconds 300."
                );
            if (trigger.IsEmpty || trigger.LowBattery || trigger.Auto || trigger.OnBatteryForSeconds is not null)
                continue;
            foreach (var ups in model.Upses.Values)
            {
                if (readings.GetValueOrDefault(ups.UpsId) is not { } reading)
                    continue;
                var byRuntime = trigger.RuntimeBelowSeconds is not null && reading.BatteryRuntimeSeconds is not null;
                var byCharge =
                    (trigger.ChargeBelowPercent ?? trigger.DepletionAbovePercentPerMinute) is not null
                    && reading.BatteryChargePercent is not null;
                if (!byRuntime && !byCharge)
                    yield return new(
                        "triggerCannotBeMet",
                        true,
                        at,
                        $"{ups.Name} does not report what this trigger waits for."
                    );
            }
        }
    }

    private static IEnumerable<PlanProblem> Order(PlanModel model)
    {
        var steps = Steps(model).ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            if (
                steps[i].Step is not { Action: StepAction.Shutdown, Target.HostId: { } hostId }
                || !model.Hosts.TryGetValue(hostId, out var host)
            )
                continue;
            foreach (var (at, later) in steps.Skip(i + 1))
            {
                var guest = model.Guests.Values.FirstOrDefault(g => g.Id is { } id && id == later.Target.GuestId);
                if (guest?.HostId == hostId)
                    yield return new(
                        "hostBeforeGuest",
                        true,
                        at,
                        $"{host.Name} goes down before its guest {guest.Name}."
                    );
                if (
                    later.Target.HostId is { } next
                    && model.Hosts.TryGetValue(next, out var user)
                    && user.Rank < host.Rank
                )
                    yield return new(
                        "orderOverruled",
                        false,
                        at,
                        host.Rank switch
                        {
                            HostRank.Network =>
                                $"The switch {host.Name} goes before {user.Name}, which is reached through it; it will wait for it all the same.",
                            HostRank.Storage =>
                                $"The storage {host.Name} goes before {user.Name}, which may use it; it will wait for it all the same.",
                            _ =>
                                $"The manager runs on {host.Name}, which goes before {user.Name}; it will wait for it all the same.",
                        }
                    );
            }
        }
    }

    private static IEnumerable<PlanProblem> Manager(PlanModel model)
    {
        var hosts = Steps(model)
            .Where(s => s.Step is { Action: StepAction.Shutdown, Target.HostId: not null })
            .ToList();
        var manager = hosts.FindIndex(s =>
            model.Hosts.GetValueOrDefault(s.Step.Target.HostId ?? 0)?.Rank == HostRank.Manager
        );
        if (manager >= 0 && manager < hosts.Count - 1)
            yield return new(
                "managerNotLast",
                false,
                hosts[manager].At,
                $"The manager runs on {NameOf(model, hosts[manager].Step)}, which is not last; it will wait for the others all the same."
            );
        if (manager >= 0)
            yield return new(
                "managerWake",
                false,
                hosts[manager].At,
                CutProblems.CutsWhatFeeds(model, hosts[manager].Step.Target.HostId ?? 0)
                    ? "Nothing but the return of its UPS starts the manager's own host again: its firmware must be set to start when power returns."
                    : "Nothing can wake the manager's own host: set its firmware to start when power returns, and cut its UPS as the last act, or it stays off when mains returns before the battery is empty."
            );
    }

    private static string NameOf(PlanModel model, StepDefinition step) =>
        model.Hosts.GetValueOrDefault(step.Target.HostId ?? 0)?.Name ?? "its host";

    internal static IEnumerable<(string At, StepDefinition Step)> Steps(PlanModel model) =>
        model.Definition.Phases.SelectMany(
            (phase, p) => phase.Steps.Select((step, s) => ($"phases[{p}].steps[{s}]", step))
        );
}
