using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>What is recorded of an outage plays the same again.</summary>
public sealed class ScenarioRecorderTests
{
    public static TheoryData<string> Ids =>
        [
            "mains-back-mid-shutdown",
            "whole-house",
            "hung-guest",
            "platform-refuses-twice",
            "sudo-asks-for-a-password",
            "second-outage-during-startup",
            "startup-turned-round",
            "cancelled-and-held",
            "undone",
            "stopped-by-hand",
            "fsd-latched",
            "silent-at-transfer",
            "migrating-guest",
            "armed-in-the-outage",
            "manager-killed-mid-shutdown",
            "two-needed-one-fails",
            "what-was-off-stays-off",
            "dead-battery",
        ];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Recording_Replayed_GoesTheSame(string id)
    {
        var recorded = Assert.Single(Record(ScenarioLibrary.All.Single(s => s.Id == id)));
        Assert.NotEmpty(recorded.Recorded!.Timeline);
        var again = ScenarioRunner.Run(
            ScenarioFile.Read(ScenarioFile.Write(recorded)),
            TestContext.Current.CancellationToken
        );
        Assert.True(again.Ok, string.Join("\n", again.Unmet) + "\n" + ScenarioFile.Write(recorded));
        Assert.Equal(Asks(recorded.Recorded.Timeline), Asks(again.Timeline));
    }

    [Fact]
    public void Flicker_ThatWasNeverConfirmed_IsNotKept() =>
        Assert.Empty(Record(ScenarioLibrary.All.Single(s => s.Id == "flicker")));

    [Fact]
    public void TwoOutages_AreTwoRecordings() =>
        Assert.Equal(2, Record(ScenarioLibrary.All.Single(s => s.Id == "second-outage-same-day")).Count);

    /// <summary>The order of what was asked for, each target and verb once.</summary>
    private static List<string> Asks(IEnumerable<ScenarioMoment> timeline) =>
        [
            .. timeline
                .Where(m => m.Kind == ScenarioMomentKind.Asks)
                .Select(m => $"{m.Action} {m.Target}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static List<Scenario> Record(Scenario scenario)
    {
        var recorder = new ScenarioRecorder();
        var kept = new List<Scenario>();
        ScenarioRunner.Run(
            scenario,
            step =>
            {
                if (step.Told is Resumed && recorder.Open is { } open)
                    (recorder = new ScenarioRecorder()).Resume(ScenarioFile.Read(ScenarioFile.Write(open)));
                if (recorder.Saw(step) is { } closed)
                    kept.Add(closed);
            },
            TestContext.Current.CancellationToken
        );
        return kept;
    }
}
