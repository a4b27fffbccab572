using System.Text.RegularExpressions;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Plans;

/// <summary>Circles, and contradictions between phases, ranks and dependencies (POLICY C6, F10). What the graph overrules
/// is a remark; what it cannot follow forbids arming.</summary>
internal static partial class GraphProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model) =>
        [
            .. Names(model),
            .. model.Graph.Refused.Select(r => Refused(model.Graph, r)),
            .. Overruled(model),
            .. NotCovered(model),
            .. NameServices(model),
            .. SheddingTakesMore(model),
            .. ShedsNever(model),
            .. StartsLast(model),
        ];

    private static IEnumerable<PlanProblem> Names(PlanModel model)
    {
        var guests = model.Guests.Values.Select(g => g.Id).ToHashSet();
        foreach (var (at, target) in Targets(model.Definition))
        {
            if (target.GuestId is { } guest && !guests.Contains(guest))
                yield return new("unknownGuest", true, $"{at}.guestId", $"Guest {guest} does not exist.");
            if ((target.HostId ?? target.GuestsOf) is { } host && !model.Hosts.ContainsKey(host))
                yield return new("unknownHost", true, $"{at}.hostId", $"Host {host} does not exist.");
        }
    }

    /// <summary>All that a plan names besides the targets of its way down.</summary>
    private static IEnumerable<(string At, TargetDefinition Target)> Targets(PlanDefinition plan) =>
        [
            .. plan.Dependencies.SelectMany(
                (d, i) => new[] { ($"dependencies[{i}].from", d.From), ($"dependencies[{i}].to", d.To) }
            ),
            .. PlanSteps.All(plan).SelectMany(s => s.Step.DependsOn.Select((t, i) => ($"{s.At}.dependsOn[{i}]", t))),
            .. PlanSteps.Startup(plan).Select(s => ($"{s.At}.target", s.Step.Target)),
        ];

    private static PlanProblem Refused(PlanGraph graph, PlanGraph.Refusal refusal)
    {
        var (from, to) = (graph.NameOf(refusal.Edge.From), graph.NameOf(refusal.Edge.To));
        return refusal.Kind switch
        {
            PlanGraph.RefusalKind.Cycle => new(
                "dependencyCycle",
                true,
                refusal.Edge.Field,
                $"{string.Join(" -> ", refusal.Path.Select(graph.NameOf))}: each needs the next, so that none could go first."
            ),
            PlanGraph.RefusalKind.OwnGuest => new(
                "hostNeedsOwnGuest",
                true,
                refusal.Edge.Field,
                $"{from} cannot need {to}, which runs on it: a host goes down after its guests and comes up before them."
            ),
            _ => new(
                "dependencyAgainstRank",
                true,
                refusal.Edge.Field,
                $"{from} cannot need {to}: storage, network and the manager's host outlast whatever uses them."
            ),
        };
    }

    /// <summary>C6: written before what needs it.</summary>
    private static IEnumerable<PlanProblem> Overruled(PlanModel model)
    {
        var places = Places(model);
        foreach (var edge in model.Graph.Edges)
        {
            if (!places.TryGetValue(edge.From, out var from) || !places.TryGetValue(edge.To, out var to))
                continue;
            var before = to.Phase < from.Phase || (to.Phase == from.Phase && to.OneByOne && to.Index < from.Index);
            if (before)
                yield return new(
                    "neededGoesFirst",
                    false,
                    to.At,
                    $"{model.Graph.NameOf(edge.To)} goes before {model.Graph.NameOf(edge.From)}, which needs it; it takes it along and waits for it."
                );
        }
    }

    private sealed record Written(int Phase, int Index, bool OneByOne, string At);

    /// <summary>Where each target goes down.</summary>
    private static Dictionary<string, Written> Places(PlanModel model)
    {
        var places = new Dictionary<string, Written>(StringComparer.Ordinal);
        for (var p = 0; p < model.Definition.Phases.Length; p++)
        {
            var phase = model.Definition.Phases[p];
            for (var s = 0; s < phase.Steps.Length; s++)
            {
                if (!PlanSteps.MovesTarget(phase.Steps[s].Action))
                    continue;
                foreach (var key in model.Graph.KeysOf(phase.Steps[s].Target))
                    places.TryAdd(key, new Written(p, s, !phase.Parallel, $"phases[{p}].steps[{s}]"));
            }
        }
        return places;
    }

    private static IEnumerable<PlanProblem> NotCovered(PlanModel model)
    {
        var places = Places(model);
        return model
            .Graph.Edges.Where(e => places.ContainsKey(e.To) && !IsCovered(model, places, e.From))
            .Select(e => new PlanProblem(
                "dependantNotCovered",
                false,
                e.Field,
                $"{model.Graph.NameOf(e.From)} needs {model.Graph.NameOf(e.To)}, which this plan stops, but is in no step itself."
            ));
    }

    private static bool IsCovered(PlanModel model, Dictionary<string, Written> places, string key) =>
        places.ContainsKey(key)
        || (model.Guests.GetValueOrDefault(key) is { } guest && places.ContainsKey(PlanGraph.GroupKey(guest.HostId)))
        || (
            key.StartsWith("guests:", StringComparison.Ordinal)
            && model.Guests.Values.Where(g => PlanGraph.GroupKey(g.HostId) == key).All(g => places.ContainsKey(g.Key))
        );

    /// <summary>F10: a host that is addressed by name, after the guest that seems to resolve names.</summary>
    private static IEnumerable<PlanProblem> NameServices(PlanModel model)
    {
        var places = Places(model);
        var services = model
            .Guests.Values.Where(g => NameService().IsMatch(g.Name) && places.ContainsKey(g.Key))
            .ToList();
        foreach (var host in model.Hosts.Values.Where(h => h.AddressName is not null))
        {
            if (!places.TryGetValue(TargetRef.HostKey(host.Id), out var down))
                continue;
            foreach (var guest in services.Where(g => g.HostId != host.Id && places[g.Key].Phase < down.Phase))
                yield return new(
                    "nameServiceStopsEarly",
                    false,
                    down.At,
                    $"{host.Name} is reached by its name {host.AddressName}, and name service or login of it may depend on {guest.Name}, which stops earlier: use its address."
                );
        }
    }

    private static IEnumerable<PlanProblem> SheddingTakesMore(PlanModel model)
    {
        var places = Places(model);
        bool Sheds(string key) =>
            places.TryGetValue(key, out var at) && model.Definition.Phases[at.Phase].Kind == PhaseKind.Shed;
        foreach (var edge in model.Graph.Edges.Where(e => Sheds(e.To) && places.ContainsKey(e.From) && !Sheds(e.From)))
            yield return new(
                "shedTakesMore",
                false,
                places[edge.To].At,
                $"Shedding {model.Graph.NameOf(edge.To)} stops {model.Graph.NameOf(edge.From)} as well, which needs it."
            );
        foreach (var guest in model.Guests.Values)
        {
            var host = TargetRef.HostKey(guest.HostId);
            if (Sheds(host) && places.ContainsKey(guest.Key) && !Sheds(guest.Key))
                yield return new(
                    "shedTakesMore",
                    false,
                    places[host].At,
                    $"Shedding {model.Graph.NameOf(host)} stops {guest.Name} as well, which runs on it."
                );
        }
    }

    /// <summary>A shed phase whose every condition comes true no earlier than one of the first normal phase.</summary>
    private static IEnumerable<PlanProblem> ShedsNever(PlanModel model)
    {
        var normal = model.Definition.Phases.FirstOrDefault(p => p.Kind == PhaseKind.Normal)?.Trigger;
        for (var p = 0; normal is not null && p < model.Definition.Phases.Length; p++)
        {
            var phase = model.Definition.Phases[p];
            var shed = phase.Trigger;
            bool?[] late =
            [
                shed.OnBatteryForSeconds is { } o ? o >= normal.OnBatteryForSeconds : null,
                shed.RuntimeBelowSeconds is { } r ? r <= normal.RuntimeBelowSeconds : null,
                shed.ChargeBelowPercent is { } c ? c <= normal.ChargeBelowPercent : null,
                shed.LowBattery ? normal.LowBattery : null,
                shed.Auto || shed.DepletionAbovePercentPerMinute is not null ? false : null,
            ];
            if (phase.Kind == PhaseKind.Shed && late.Any(l => l is not null) && late.All(l => l is not false))
                yield return new(
                    "shedsNever",
                    false,
                    $"phases[{p}].trigger",
                    $"Phase \"{phase.Name}\" can never shed load by itself: what it waits for begins the shutdown as well."
                );
        }
    }

    private static IEnumerable<PlanProblem> StartsLast(PlanModel model)
    {
        if (model.Definition.Startup.Mirror || model.Definition.Startup.Phases.IsEmpty)
            yield break;
        var named = PlanSteps
            .Startup(model.Definition)
            .Where(s => PlanSteps.MovesTarget(s.Step.Action))
            .SelectMany(s => model.Graph.KeysOf(s.Step.Target))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (at, step) in PlanSteps.Shutdown(model.Definition))
        {
            if (
                !PlanSteps.MovesTarget(step.Action)
                || step.Startup == StartupRule.Never
                || step.Target.UpsId is not null
            )
                continue;
            foreach (var key in model.Graph.KeysOf(step.Target).Where(k => !IsNamed(model, named, k)))
                yield return new(
                    "startsLast",
                    false,
                    at,
                    $"{model.Graph.NameOf(key)} is in no phase of the startup: it is started after all others. To leave it off, say so in its step."
                );
        }
    }

    private static bool IsNamed(PlanModel model, HashSet<string> named, string key) =>
        named.Contains(key)
        || (model.Guests.GetValueOrDefault(key) is { } guest && named.Contains(PlanGraph.GroupKey(guest.HostId)));

    [GeneratedRegex(
        @"(^|[^a-z])(dns\d*|pi-?hole|adguard|unbound|bind9?|dnsmasq|dc-?\d*|ad\d+|ldap|(free)?ipa|samba-?ad)($|[^a-z])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NameService();
}
