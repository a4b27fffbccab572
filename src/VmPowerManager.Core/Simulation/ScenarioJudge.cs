using System.Collections.Immutable;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>Says what was not as it had to be.</summary>
internal sealed partial class ScenarioJudge(
    Scenario scenario,
    VirtualWorld world,
    ScenarioWatch watch,
    ScenarioScript script
)
{
    private readonly List<Sentence> _unmet = [];

    private ScenarioExpectations Expect => scenario.Expect;

    public ScenarioReport Report(ImmutableArray<Sentence> remarks, bool own)
    {
        var ends = Ends(own);
        Always(ends, own);
        if (own)
            AsWritten();
        return new ScenarioReport
        {
            Scenario = scenario.Id,
            Plan = scenario.Plan.Name,
            Unmet = [.. _unmet.Distinct()],
            Remarks = remarks,
            SimulatedSeconds = Math.Round(watch.Now),
            Timeline = [.. watch.Timeline.OrderBy(m => m.At)],
            Truncated = watch.Truncated,
            Ends = ends,
            Runs = [.. Runs().Select(RunOf)],
        };
    }

    private ImmutableArray<ScenarioEnd> Ends(bool own)
    {
        PowerState Wanted(string name, PowerState began) =>
            own && Expect.Ends.TryGetValue(name, out var wanted) ? wanted : began;
        var hosts = scenario.World.Hosts.Select(h =>
        {
            var began = h.Off ? PowerState.Off : PowerState.Running;
            var ended = world.Hosts[h.Model.Id].Answers(world.Now) ? PowerState.Running : PowerState.Off;
            return new ScenarioEnd(h.Name, true, began, ended, Wanted(h.Name, began));
        });
        var guests = scenario
            .World.Guests.Zip(world.Guests.Values)
            .Select(pair =>
            {
                var began = IsOff(pair.First) ? PowerState.Off : pair.First.Power;
                return new ScenarioEnd(
                    pair.First.Name,
                    false,
                    began,
                    pair.Second.Power(world.Now),
                    Wanted(pair.First.Name, began)
                );
            });
        return [.. hosts, .. guests];
    }

    private bool IsOff(ScenarioGuest guest) => scenario.World.Hosts.Any(h => h.Model.Id == guest.Model.HostId && h.Off);

    /// <summary>What holds in every scenario and for every plan.</summary>
    private void Always(ImmutableArray<ScenarioEnd> ends, bool own)
    {
        foreach (var trampled in watch.Trampled)
            _unmet.Add($"A host was told to shut down while a guest ran: {trampled}.");
        foreach (var end in ends.Where(e => !e.Right))
            _unmet.Add($"{end.Name} ends {Words(end.Ended)}, and must be {Words(end.Wanted)}.");
        var lost = own ? Expect.Lost : [];
        foreach (var change in watch.Life.Changes.Where(c => c is { Hard: true, Guest: not null }))
        {
            var scripted = scenario.Events.Any(e => e.Does == ScenarioAct.Dies && HostIs(e.Host, change.HostId));
            if (!scripted && !lost.Contains(change.Guest ?? ""))
                _unmet.Add($"{change.Guest} was cut off while it ran.");
        }
        if (world.State.Run is { } run)
            _unmet.Add($"A {Words(run.Kind)} is still going on at the end.");
        var open = world.State.Cycle is not null;
        if (open && !(own && Expect.StaysOpen))
            _unmet.Add($"The outage is not over for the plan: its cycle is still open.");
        if (own && Expect.StaysOpen && !open)
            _unmet.Add($"The cycle was closed, and must stay open for a person.");
        if (own && Expect.Held != (world.State.Hold is not null))
            _unmet.Add(
                Expect.Held ? Sentence.Of($"The plan is not held any more.") : Sentence.Of($"The plan is still held.")
            );
    }

    private bool HostIs(string? name, int hostId) =>
        scenario.World.Hosts.Any(h => h.Name == name && h.Model.Id == hostId);

    private IEnumerable<RunState> Runs() => world.State.Run is { } run ? world.Ended.Append(run) : world.Ended;

    private ScenarioRun RunOf(RunState run) =>
        new()
        {
            Kind = run.Kind,
            Cause = run.Cause,
            Status = run.Status,
            BeganAt = Seconds(run.StartedAt),
            EndedAt = run.EndedAt is { } ended ? Seconds(ended) : null,
            Because = run.Because,
            Outcome = run.Outcome,
            Steps = run
                .Steps.GroupBy(s => s.Target.Name, StringComparer.Ordinal)
                .ToImmutableSortedDictionary(g => g.Key, g => g.Last().Status, StringComparer.Ordinal),
        };

    private double Seconds(DateTimeOffset wall) => Math.Round(watch.Now - (world.Moment.Wall - wall).TotalSeconds, 1);

    private static ScenarioMark Mark(string target, ScenarioCondition condition) =>
        new() { Target = target, Is = condition };

    private static Sentence Words(ScenarioMark? mark) =>
        mark switch
        {
            null => $"nothing",
            { Stage: { } stage } => $"\"{stage}\"",
            _ => $"\"{mark.Target} {Words(mark.Is)}\"",
        };

    /// <summary>"askedToStop" as "asked to stop": words of a dictionary of their own.</summary>
    private static Sentence Words(Enum? value) =>
        new(
            value is null
                ? "not"
                : string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $" {c}" : $"{c}"))
                    .ToLowerInvariant(),
            []
        );
}
