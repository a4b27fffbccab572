using System.Collections.Immutable;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Plans;

/// <summary>Who needs whom in a plan: one graph for both directions (C6, E4). What needs another goes down before it and
/// comes up after it. No edge: at the same time. Made once for a model; holds only edges that cannot lead to a standstill,
/// the others are <see cref="Refused"/>.</summary>
public sealed class PlanGraph
{
    private readonly PlanModel _model;
    private readonly ILookup<int?, GuestModel> _guestsById;
    private readonly ILookup<int, GuestModel> _guestsByHost;
    private readonly Dictionary<string, List<Edge>> _from = new(StringComparer.Ordinal);
    private readonly List<Refusal> _refused = [];

    private PlanGraph(PlanModel model)
    {
        _model = model;
        _guestsById = model.Guests.Values.ToLookup(g => g.Id);
        _guestsByHost = model.Guests.Values.ToLookup(g => g.HostId);
        foreach (var edge in Written())
            Add(edge);
    }

    /// <summary>One end needs the other.</summary>
    /// <param name="Except">Guests of the group <paramref name="From"/> that it is not about.</param>
    /// <param name="Field">Where it is written.</param>
    public sealed record Edge(string From, string To, ImmutableArray<string> Except, string Field);

    public enum RefusalKind
    {
        /// <summary>It closes a circle; <see cref="Refusal.Path"/> begins and ends with the same target.</summary>
        Cycle,

        /// <summary>A host would need a guest of its own.</summary>
        OwnGuest,

        /// <summary>Storage would need one of its users, the network one that it reaches: the ranks say otherwise (C6).</summary>
        Rank,
    }

    /// <summary>An edge that is not followed, and why.</summary>
    public sealed record Refusal(RefusalKind Kind, Edge Edge, ImmutableArray<string> Path);

    public IReadOnlyList<Refusal> Refused => _refused;
    public IEnumerable<Edge> Edges => _from.Values.SelectMany(e => e);
    public bool IsEmpty => _from.Count == 0;

    public static PlanGraph Of(PlanModel model) => new(model);

    /// <summary>Whether it says what this model says.</summary>
    public bool IsOf(PlanModel model) =>
        ReferenceEquals(model.Definition, _model.Definition)
        && ReferenceEquals(model.Hosts, _model.Hosts)
        && ReferenceEquals(model.Guests, _model.Guests);

    /// <summary>All guests of a host, as one end of an edge.</summary>
    public static string GroupKey(int hostId) => string.Create(Words.Culture, $"guests:{hostId}");

    /// <summary>Whether a key stands for all guests of a host.</summary>
    public static bool IsGroup(string key) => key.StartsWith("guests:", StringComparison.Ordinal);

    /// <summary>What this target needs, by target or group key. A guest needs what all guests of its host need.</summary>
    public ImmutableArray<string> NeedsOf(TargetRef target) => IsEmpty ? [] : NeedsOf(target.Key, GroupOf(target));

    /// <summary>The keys of the targets that a definition names; none when there is no such target.</summary>
    public IEnumerable<string> KeysOf(TargetDefinition target) =>
        target switch
        {
            { GuestId: { } guest } => _guestsById[guest].Select(g => g.Key),
            { HostId: { } host } => [TargetRef.HostKey(host)],
            { GuestsOf: { } host, Except.IsEmpty: true } => [GroupKey(host)],
            { GuestsOf: { } host } => _guestsByHost[host].Where(g => !IsExcepted(target, g)).Select(g => g.Key),
            _ => [],
        };

    /// <summary>For people.</summary>
    public string NameOf(string key)
    {
        if (_model.Guests.TryGetValue(key, out var guest))
            return guest.Name;
        var host = int.TryParse(key.AsSpan(key.IndexOf(':', StringComparison.Ordinal) + 1), out var id)
            ? _model.Hosts.GetValueOrDefault(id)?.Name ?? $"host {id}"
            : key;
        return IsGroup(key) ? $"guests of {host}" : host;
    }

    private static bool IsExcepted(TargetDefinition target, GuestModel guest) =>
        guest.Id is { } id && target.Except.Contains(id);

    private static string? GroupOf(TargetRef target) =>
        target.Kind == TargetKind.Guest ? GroupKey(target.HostId) : null;

    private ImmutableArray<string> NeedsOf(string key, string? group)
    {
        var own = _from.GetValueOrDefault(key);
        var shared = group is null ? null : _from.GetValueOrDefault(group);
        if (own is null && shared is null)
            return [];
        return
        [
            .. (own ?? [])
                .Concat((shared ?? []).Where(e => !e.Except.Contains(key)))
                .Select(e => e.To)
                .Where(to => to != key)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Edge> Written()
    {
        var plan = _model.Definition;
        for (var d = 0; d < plan.Dependencies.Length; d++)
        {
            foreach (var edge in Between(plan.Dependencies[d].From, plan.Dependencies[d].To, $"dependencies[{d}]"))
                yield return edge;
        }
        foreach (var (at, step) in PlanSteps.All(plan).Where(s => PlanSteps.MovesTarget(s.Step.Action)))
        {
            for (var d = 0; d < step.DependsOn.Length; d++)
            {
                foreach (var edge in Between(step.Target, step.DependsOn[d], $"{at}.dependsOn[{d}]"))
                    yield return edge;
            }
        }
    }

    private IEnumerable<Edge> Between(TargetDefinition from, TargetDefinition to, string field)
    {
        // A group keeps its exceptions, so that guests that nobody knows yet belong to it.
        var group = from.GuestsOf is { } host ? GroupKey(host) : null;
        ImmutableArray<string> except = group is null
            ? []
            : [.. from.Except.SelectMany(id => _guestsById[id]).Select(g => g.Key)];
        foreach (var one in group is null ? KeysOf(from) : [group])
        {
            foreach (var other in KeysOf(to))
                yield return new Edge(one, other, except, field);
        }
    }

    private void Add(Edge edge)
    {
        if (edge.From == edge.To || Edges.Any(e => e.From == edge.From && e.To == edge.To && e.Except.IsEmpty))
            return;
        if (HostOf(edge.From) is { } host && (edge.To == GroupKey(host) || HostOfGuest(edge.To) == host))
            _refused.Add(new(RefusalKind.OwnGuest, edge, [edge.From, edge.To, edge.From]));
        else if (RankOf(edge.From) > RankOf(edge.To))
            _refused.Add(new(RefusalKind.Rank, edge, [edge.From, edge.To]));
        else if (Path(edge) is { } path)
            _refused.Add(new(RefusalKind.Cycle, edge, [edge.From, .. path]));
        else if (_from.TryGetValue(edge.From, out var edges))
            edges.Add(edge);
        else
            _from[edge.From] = [edge];
    }

    /// <summary>The way from an edge's end back to its begin, if there is one.</summary>
    private List<string>? Path(Edge edge)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal) { [edge.To] = "" };
        var open = new Queue<string>([edge.To]);
        while (open.TryDequeue(out var key))
        {
            foreach (var next in Next(key))
            {
                if (!cameFrom.TryAdd(next, key))
                    continue;
                if (next == edge.From || IsIn(next, edge))
                    return Back(next, cameFrom, edge.From);
                open.Enqueue(next);
            }
        }
        return null;
    }

    /// <summary>A member of the group that the edge begins with.</summary>
    private bool IsIn(string key, Edge edge) =>
        key != edge.To && !edge.Except.Contains(key) && HostOfGuest(key) is { } host && edge.From == GroupKey(host);

    private static List<string> Back(string last, Dictionary<string, string> cameFrom, string from)
    {
        var path = new List<string>();
        for (var key = last; key.Length > 0; key = cameFrom[key])
            path.Insert(0, key);
        if (path[^1] != from)
            path.Add(from);
        return path;
    }

    /// <summary>What a target leads to: its needs, its host; a group leads to its members.</summary>
    private IEnumerable<string> Next(string key)
    {
        if (_model.Guests.TryGetValue(key, out var guest))
            return NeedsOf(key, GroupKey(guest.HostId)).Append(TargetRef.HostKey(guest.HostId));
        if (!IsGroup(key))
            return NeedsOf(key, null);
        var host = int.Parse(key.AsSpan(7), Words.Culture);
        return NeedsOf(key, null).Concat(_guestsByHost[host].Select(g => g.Key)).Append(TargetRef.HostKey(host));
    }

    private static int? HostOf(string key) =>
        key.StartsWith("host:", StringComparison.Ordinal) ? int.Parse(key.AsSpan(5), Words.Culture) : null;

    private int? HostOfGuest(string key) => _model.Guests.GetValueOrDefault(key)?.HostId;

    private HostRank RankOf(string key) =>
        HostOf(key) is { } id && _model.Hosts.TryGetValue(id, out var host) ? host.Rank : HostRank.Ordinary;
}
