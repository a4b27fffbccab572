using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>Another plan, and what it has to do with.</summary>
/// <param name="Model">The plan, resolved; played as if it were armed.</param>
/// <param name="Guests">The guests of its hosts, as they were last seen.</param>
public sealed record ScenarioTroupe(PlanModel Model, ImmutableArray<GuestView> Guests);

/// <summary>Gives the parts of a scenario to the targets of another plan: to those of the same name first, the parts that
/// are left to the others in their order. Who has no part behaves well.</summary>
internal sealed class ScenarioCast(Scenario scenario, ScenarioTroupe troupe)
{
    private readonly List<Sentence> _remarks = [];
    private readonly Dictionary<string, string> _upses = [];
    private readonly Dictionary<string, string> _hosts = [];
    private readonly Dictionary<string, string> _guests = [];

    public (Scenario Scenario, ImmutableArray<Sentence> Remarks) Give()
    {
        var model = troupe.Model;
        if (!model.Armed)
            _remarks.Add($"The plan is not armed: it is played as if it were.");
        var world = scenario.World with
        {
            Upses = Upses(),
            Hosts = Hosts(),
            Guests = Guests(),
            Canaries = [.. troupe.Model.Canaries.Values],
            SwitchedOnAfterSeconds = scenario.World.SwitchedOnAfterSeconds ?? 60,
        };
        var events = scenario.Events.Select(Renamed).OfType<ScenarioEvent>().ToImmutableArray();
        var left = scenario.Events.Length - events.Length;
        if (left > 0)
            _remarks.Add(
                $"{left} of {scenario.Events.Length} events are left out: what they are about is not in this plan."
            );
        _remarks.Add($"What the scenario expects of its own plan is not asked of this one.");
        return (
            scenario with
            {
                World = world,
                Plan = HttpSecrets.Without(model.Definition),
                Armed = true,
                Events = events,
                Expect = new ScenarioExpectations(),
            },
            [.. _remarks]
        );
    }

    /// <summary>A UPS without a part of its own lives through the same as the first: an outage takes the whole house.</summary>
    private ImmutableArray<ScenarioUps> Upses()
    {
        var given = Match(scenario.World.Upses, u => u.Name, troupe.Model.Upses.Values, u => u.Name, _upses, "UPS");
        var first = scenario.World.Upses.FirstOrDefault();
        var cast = troupe.Model.Upses.Values.Select(policy =>
        {
            var part = given.GetValueOrDefault(policy.Name) ?? first;
            if (part is not null && !given.ContainsKey(policy.Name))
                _remarks.Add($"{policy.Name} lives through the same as {part.Name}.");
            return (part ?? new ScenarioUps { Policy = policy }) with { Policy = policy };
        });
        return [.. cast];
    }

    private ImmutableArray<ScenarioHost> Hosts()
    {
        var given = Match(scenario.World.Hosts, h => h.Name, troupe.Model.Hosts.Values, h => h.Name, _hosts, "host");
        return
        [
            .. troupe.Model.Hosts.Values.Select(h =>
                (given.GetValueOrDefault(h.Name) ?? new ScenarioHost { Model = h }) with
                {
                    Model = h,
                }
            ),
        ];
    }

    private ImmutableArray<ScenarioGuest> Guests()
    {
        var seen = troupe.Guests.ToDictionary(g => GuestModel.KeyOf(g.Realm, g.ExternalId), StringComparer.Ordinal);
        var models = troupe
            .Model.Guests.Values.Concat(
                seen.Where(g => !troupe.Model.Guests.ContainsKey(g.Key)).Select(g => ModelOf(g.Value))
            )
            .Where(g => troupe.Model.Hosts.ContainsKey(g.HostId))
            .DistinctBy(g => g.Name)
            .ToList();
        var given = Match(scenario.World.Guests, g => g.Name, models, g => g.Name, _guests, "guest");
        return
        [
            .. models.Select(g =>
                (given.GetValueOrDefault(g.Name) ?? new ScenarioGuest { Model = g }) with
                {
                    Model = g,
                    Power = seen.GetValueOrDefault(g.Key)?.Power is { } power and not PowerState.Unknown
                        ? power
                        : PowerState.Running,
                }
            ),
        ];
    }

    private static GuestModel ModelOf(GuestView guest) =>
        new()
        {
            Realm = guest.Realm,
            ExternalId = guest.ExternalId,
            Id = guest.Id,
            Name = guest.Name,
            HostId = guest.HostId,
        };

    /// <summary>Parts by the name of who plays them.</summary>
    private Dictionary<string, TPart> Match<TPart, TPlayer>(
        IReadOnlyList<TPart> parts,
        Func<TPart, string> nameOfPart,
        IEnumerable<TPlayer> players,
        Func<TPlayer, string> nameOf,
        Dictionary<string, string> renamed,
        string kind
    )
    {
        var free = players.Select(nameOf).ToList();
        var given = new Dictionary<string, TPart>();
        foreach (var byName in new[] { true, false })
        {
            foreach (var part in parts.Where(p => !renamed.ContainsKey(nameOfPart(p))))
            {
                var name = nameOfPart(part);
                var player = byName
                    ? free.Find(f => string.Equals(f, name, StringComparison.OrdinalIgnoreCase))
                    : free.FirstOrDefault();
                if (player is null)
                    continue;
                free.Remove(player);
                (given[player], renamed[name]) = (part, player);
                if (!byName)
                    _remarks.Add($"{player} plays the part of {name}.");
            }
        }
        foreach (var part in parts.Where(p => !renamed.ContainsKey(nameOfPart(p))))
            _remarks.Add($"The plan has no {new Sentence(kind, [])} for the part of {nameOfPart(part)}.");
        return given;
    }

    /// <summary>Null: it is about something that this plan does not have.</summary>
    private ScenarioEvent? Renamed(ScenarioEvent what)
    {
        var (ups, host, guest) = (Name(_upses, what.Ups), Name(_hosts, what.Host), Name(_guests, what.Guest));
        var to = Name(_hosts, what.To);
        var target = what.Once?.Target is { } t ? Name(_guests, t) ?? Name(_hosts, t) : null;
        var lost =
            (what.Ups is not null && ups is null)
            || (what.Host is not null && host is null)
            || (what.Guest is not null && guest is null)
            || (what.To is not null && to is null)
            || (what.Once?.Target is not null && target is null)
            || (what.Canary is not null && troupe.Model.Canaries.IsEmpty)
            || what is { Does: ScenarioAct.Edits, Plan: not null };
        return lost
            ? null
            : what with
            {
                Ups = ups,
                Host = host,
                Guest = guest,
                Canary = what.Canary is null ? null : troupe.Model.Canaries.Values.First().Name,
                To = to,
                Once = what.Once is null ? null : what.Once with { Target = target },
            };
    }

    private static string? Name(Dictionary<string, string> names, string? name) =>
        name is null ? null : names.GetValueOrDefault(name);
}
