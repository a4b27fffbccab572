using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Plans;

/// <summary>A plan as a file that another installation can read: ids mean nothing there, so that the names of what it
/// names go with it. Holds no secrets. Pure.</summary>
internal static class PlanFile
{
    private const string NamesKey = "names";
    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    /// <param name="Plan">With ids as they are here.</param>
    /// <param name="Missing">What the file names and is not here; its steps are left out.</param>
    public sealed record Imported(PlanDefinition Plan, IReadOnlyList<string> Missing);

    /// <summary>What an id meant where the file was written. A guest is known by realm and platform id, else by name.</summary>
    private sealed record Names
    {
        public Dictionary<int, string> Upses { get; init; } = [];
        public Dictionary<int, string> Hosts { get; init; } = [];
        public Dictionary<int, GuestName> Guests { get; init; } = [];
        public Dictionary<int, string> Canaries { get; init; } = [];
    }

    private sealed record GuestName(string Name, string Realm, string ExternalId);

    public static string Write(
        PlanDefinition plan,
        IReadOnlyCollection<UpsPolicy> upses,
        IReadOnlyCollection<HostSnapshot> hosts,
        IReadOnlyCollection<Canary>? canaries = null
    )
    {
        var targets = PlanTargets.All(plan).ToList();
        var guestIds = targets.SelectMany(t => t.Except.Append(t.GuestId ?? 0)).ToHashSet();
        var names = new Names
        {
            Upses = upses
                .Where(u => plan.UpsIds.Contains(u.UpsId) || targets.Any(t => t.UpsId == u.UpsId))
                .ToDictionary(u => u.UpsId, u => u.Name),
            Hosts = hosts
                .Where(h => targets.Any(t => (t.HostId ?? t.GuestsOf) == h.Id))
                .ToDictionary(h => h.Id, h => h.Name),
            Guests = hosts
                .SelectMany(h => h.Guests)
                .Where(g => g.Id is { } id && guestIds.Contains(id))
                .DistinctBy(g => g.Id)
                .ToDictionary(g => g.Id ?? 0, g => new GuestName(g.Name, g.Realm, g.ExternalId)),
            Canaries = (canaries ?? []).Where(c => plan.Canaries.Contains(c.Id)).ToDictionary(c => c.Id, c => c.Name),
        };
        var json = (JsonObject)JsonSerializer.SerializeToNode(HttpSecrets.Without(plan), Json.Options)!; // a record is an object
        json[NamesKey] = JsonSerializer.SerializeToNode(names, Json.Options);
        return json.ToJsonString(Indented);
    }

    /// <summary>Reads a file, or the body of the API. Without names its ids are taken as they are.</summary>
    /// <exception cref="InvalidInputException">It is no plan.</exception>
    public static Imported Read(
        string text,
        IReadOnlyCollection<UpsPolicy> upses,
        IReadOnlyCollection<HostSnapshot> hosts,
        IReadOnlyCollection<Canary>? canaries = null
    )
    {
        var body = Parse(text);
        var names = body[NamesKey] is { } said ? NamesOf(said) : null;
        body.Remove(NamesKey);
        var plan = PlanBody.ReadLoosely(body);
        return names is null ? new Imported(plan, []) : new Binding(names, upses, hosts, canaries ?? []).Bind(plan);
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject
                ?? throw new InvalidInputException("", "This file holds no plan.");
        }
        catch (JsonException e)
        {
            throw JsonFaults.Explain(e);
        }
    }

    private static Names NamesOf(JsonNode names)
    {
        try
        {
            return names.Deserialize<Names>(Json.Options) ?? new Names();
        }
        catch (JsonException e)
        {
            throw JsonFaults.Explain(e, NamesKey);
        }
    }

    /// <summary>From the ids of the file to those of here.</summary>
    private sealed class Binding(
        Names names,
        IReadOnlyCollection<UpsPolicy> upses,
        IReadOnlyCollection<HostSnapshot> hosts,
        IReadOnlyCollection<Canary> canaries
    )
    {
        private readonly List<string> _missing = [];

        public Imported Bind(PlanDefinition plan)
        {
            ImmutableArray<int> witnesses = [.. plan.Canaries.Select(CanaryOf).OfType<int>()];
            var bound = plan with
            {
                UpsIds = [.. plan.UpsIds.Select(Ups).OfType<int>()],
                Phases = Phases(plan.Phases),
                Startup = plan.Startup with { Phases = Phases(plan.Startup.Phases) },
                Dependencies =
                [
                    .. plan
                        .Dependencies.Select(d => (From: Target(d.From), To: Target(d.To)))
                        .Where(d => d is { From: not null, To: not null })
                        .Select(d => new DependencyDefinition { From = d.From!, To = d.To! }), // not null: just looked
                ],
                // Times that were set there, and pauses, mean nothing here.
                Schedule = plan.Schedule is { RehearseAt: not null } s
                    ? s with
                    {
                        PlannedAt = null,
                        StartAt = null,
                    }
                    : null,
                Maintenance = null,
                Canaries = witnesses,
                // It needs a witness.
                LossIsOutage = plan.LossIsOutage && witnesses.Length > 0,
            };
            return new Imported(bound, [.. _missing.Distinct(StringComparer.Ordinal)]);
        }

        private ImmutableArray<PhaseDefinition> Phases(ImmutableArray<PhaseDefinition> phases) =>
            [.. phases.Select(p => p with { Steps = [.. p.Steps.Select(Step).OfType<StepDefinition>()] })];

        private StepDefinition? Step(StepDefinition step) =>
            Target(step.Target) is { } target
                ? step with
                {
                    Target = target,
                    DependsOn = [.. step.DependsOn.Select(Target).OfType<TargetDefinition>()],
                }
                : null;

        private TargetDefinition? Target(TargetDefinition target) =>
            target switch
            {
                { GuestId: { } id } t => Guest(id) is { } guest ? t with { GuestId = guest } : null,
                { HostId: { } id } t => Host(id) is { } host ? t with { HostId = host } : null,
                { UpsId: { } id } t => Ups(id) is { } ups ? t with { UpsId = ups } : null,
                { GuestsOf: { } id } t => Host(id) is { } host
                    ? t with
                    {
                        GuestsOf = host,
                        Except = [.. t.Except.Select(Guest).OfType<int>()],
                    }
                    : null,
                var t => t,
            };

        private int? CanaryOf(int id) =>
            names.Canaries.TryGetValue(id, out var name)
                ? Known(canaries.FirstOrDefault(c => Same(c.Name, name))?.Id, name)
                : Known(null, $"canary {id}");

        private int? Ups(int id) =>
            names.Upses.TryGetValue(id, out var name)
                ? Known(upses.FirstOrDefault(u => Same(u.Name, name))?.UpsId, name)
                : Known(null, $"UPS {id}");

        private int? Host(int id) =>
            names.Hosts.TryGetValue(id, out var name)
                ? Known(hosts.FirstOrDefault(h => Same(h.Name, name))?.Id, name)
                : Known(null, $"host {id}");

        private int? Guest(int id)
        {
            if (!names.Guests.TryGetValue(id, out var name))
                return Known(null, $"guest {id}");
            var guests = hosts.SelectMany(h => h.Guests).Where(g => g.Id is not null).ToList();
            var same = guests.FirstOrDefault(g => g.Realm == name.Realm && g.ExternalId == name.ExternalId);
            // Two of one name are nobody: the wrong one would be shut down.
            var alike = guests.Where(g => Same(g.Name, name.Name)).ToImmutableArray();
            return Known(same?.Id ?? (alike.Length == 1 ? alike[0].Id : null), name.Name);
        }

        private int? Known(int? id, string name)
        {
            if (id is null)
                _missing.Add(name);
            return id;
        }

        private static bool Same(string one, string other) =>
            string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
    }
}
