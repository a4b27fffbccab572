using System.Collections.Immutable;
using System.Security.Claims;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Runs.Scenarios;

namespace VmPowerManager.Tests.Runs.Scenarios;

/// <summary>Who is named to whom in a recorded outage.</summary>
public sealed class ScenarioAudienceTests
{
    private const string Boss = "boss@example.org";

    [Theory]
    [InlineData("Viewer", false)]
    [InlineData("Operator", true)]
    public void For_NamesPeople_OnlyToThoseWhoAct(string role, bool seen)
    {
        var reader = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));
        var json = ScenarioFile.Write(Recorded().For(reader));
        Assert.Equal(seen, json.Contains(Boss, StringComparison.Ordinal));
        Assert.Equal(seen, json.Contains("night shift", StringComparison.Ordinal));
        Assert.Contains("ended the maintenance", json, StringComparison.Ordinal);
        Assert.NotEmpty(ScenarioFile.Read(json).Events);
    }

    private static Scenario Recorded()
    {
        var held = new ScenarioEvent { Person = "night shift", Does = ScenarioAct.Holds };
        return ScenarioLibrary.All[0] with
        {
            Events = [held],
            Recorded = new ScenarioRecord
            {
                BeganAt = DateTimeOffset.UnixEpoch,
                Plan = "Homelab",
                Timeline =
                [
                    Moment() with
                    {
                        Kind = ScenarioMomentKind.Happens,
                        Event = held,
                    },
                    Moment() with
                    {
                        Text = Sentence.Of($"{Boss} ended the maintenance."),
                    },
                    Moment() with
                    {
                        Text = Sentence.Of($"Held by {"night shift"}."),
                    },
                    Moment() with
                    {
                        Data = ImmutableSortedDictionary<string, string>.Empty.Add("by", Boss),
                    },
                ],
            },
        };
    }

    private static ScenarioMoment Moment() => new() { At = 1, Kind = ScenarioMomentKind.Tells };
}
