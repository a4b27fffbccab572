using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.RegularExpressions;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Events;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>Who may see who did something in a recorded outage: as with events, Viewers see what was done.</summary>
public static partial class ScenarioAudience
{
    private const string Somebody = "Somebody";

    /// <summary>The scenario as this reader may see it.</summary>
    public static Scenario For(this Scenario scenario, ClaimsPrincipal reader)
    {
        if (scenario.Recorded is not { } record || EventAudience.SeesActors(reader))
            return scenario;
        var people = PeopleOf(scenario, record);
        return scenario with
        {
            Events = [.. scenario.Events.Select(Nobody)],
            Recorded = record with
            {
                Timeline =
                [
                    .. record.Timeline.Select(m =>
                        m with
                        {
                            Text = Hide(m.Text, people),
                            Event = m.Event is { } what ? Nobody(what) : null,
                            Data = m.Data.ToImmutableSortedDictionary(d => d.Key, d => Hide(d.Value, people)),
                        }
                    ),
                ],
                Runs =
                [
                    .. record.Runs.Select(r =>
                        r with
                        {
                            Because = Hide(r.Because, people),
                            Outcome = Hide(r.Outcome, people),
                        }
                    ),
                ],
            },
        };
    }

    private static ScenarioEvent Nobody(ScenarioEvent what) =>
        what.Person is { Length: > 0 } ? what with { Person = Somebody } : what;

    /// <summary>Those who did something, and those who are told of alone; the longest first: one name may be within another.</summary>
    private static List<string> PeopleOf(Scenario scenario, ScenarioRecord record)
    {
        var told = record
            .Timeline.SelectMany(m => new[] { m.Text?.ToString() }.Concat(m.Data.Values))
            .Concat(record.Runs.SelectMany(r => new[] { r.Because?.ToString(), r.Outcome?.ToString() }));
        return
        [
            .. scenario
                .Events.Concat(record.Timeline.Select(m => m.Event).OfType<ScenarioEvent>())
                .Select(e => e.Person)
                .OfType<string>()
                .Concat(told.OfType<string>().SelectMany(t => Address().Matches(t)).Select(m => m.Value))
                .Where(p => p.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(p => p.Length),
        ];
    }

    private static Sentence? Hide(Sentence? text, List<string> people) =>
        text is null ? null : people.Aggregate(text, EventAudience.Without);

    private static string Hide(string text, List<string> people) =>
        people.Aggregate(text, (t, person) => t.Replace(person, Somebody, StringComparison.Ordinal));

    /// <summary>Accounts are named by their mail address.</summary>
    [GeneratedRegex("""[^\s"'(),;:<>]+@[^\s"'(),;:<>]*[^\s"'(),;:<>.]""")]
    private static partial Regex Address();
}
