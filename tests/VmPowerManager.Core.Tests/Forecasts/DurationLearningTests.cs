using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Forecasts;

/// <summary>POLICY C2: what past runs teach, robustly.</summary>
public sealed class DurationLearningTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private static LearnedDuration Of(params double[] seconds) =>
        DurationLearning.Of(
            [.. seconds.Select((s, i) => new DurationSample(s, Now.AddDays(i - seconds.Length)))],
            Now
        )!; // there are samples

    [Fact]
    public void NoSample_IsNothingKnown() => Assert.Null(DurationLearning.Of([], Now));

    [Fact]
    public void ManySamples_MedianAndNearlyTheWorst()
    {
        var learned = Of(10, 12, 11, 10, 13, 12, 11, 14, 12, 11);
        Assert.Equal(12, learned.P50);
        Assert.InRange(learned.P95, 13, 14);
        Assert.Equal(10, learned.Samples);
    }

    [Fact]
    public void OneFreak_IsClipped_TwoAreNot()
    {
        Assert.Equal(24, Of(10, 11, 12, 500).P95);
        Assert.Equal(500, Of(10, 11, 500, 12, 490).P95);
    }

    [Fact]
    public void Failure_CountsWithItsWholeTime()
    {
        var samples = new[] { 10.0, 11, 12, 11 }
            .Select(s => new DurationSample(s, Now))
            .Append(new DurationSample(120, Now, AtLeast: true))
            .ToList();
        Assert.Equal(120, DurationLearning.Of(samples, Now)?.P95);
    }

    [Fact]
    public void MachineThatHasChanged_IsKnownAgainAfterTenRuns()
    {
        var learned = Of([.. Enumerable.Repeat(10.0, 10), .. Enumerable.Repeat(60.0, 11)]);
        Assert.Equal(60, learned.P50);
    }

    [Fact]
    public void OldSamples_WeighLess()
    {
        DurationSample[] samples =
        [
            new(60, Now.AddDays(-1)),
            new(60, Now.AddDays(-1)),
            .. Enumerable.Repeat(new DurationSample(10, Now.AddDays(-400)), 6),
        ];
        Assert.Equal(60, DurationLearning.Of(samples, Now)?.P50);
    }

    [Theory]
    [InlineData(0, 60, 60, Confidence.Bounds)] // none: the time-out
    [InlineData(2, 30, 30, Confidence.FewSamples)] // max(learned, half the time-out)
    [InlineData(3, 10, 12, Confidence.Learned)]
    public void Expected_FollowsTheNumberOfSamples(int samples, double usual, double likely, Confidence confidence)
    {
        var learned = samples == 0 ? null : new LearnedDuration(10, 12, samples);
        Assert.Equal(new ExpectedDuration(usual, likely, confidence), ExpectedDuration.Of(learned, 60));
    }

    [Fact]
    public void Override_CountsAsLearned() =>
        Assert.Equal(
            new ExpectedDuration(45, 45, Confidence.Learned),
            ExpectedDuration.Of(new LearnedDuration(45, 45, 0, Overridden: true), 60)
        );

    [Fact]
    public void RealRun_TeachesEachActionOnce()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web", 4), Worlds.Guest(2, "hung", null)]);
        world.Upses[1].Status = "OB LB";
        world.Run(200);
        var taught = RunDurations.Of(Assert.Single(world.Ended));
        Assert.InRange(Seconds("web", StepAction.Shutdown), 4, 6);
        Assert.Equal(20, Seconds("hung", StepAction.Shutdown)); // as long as its rung, at least
        Assert.True(Sample("hung", StepAction.Shutdown).AtLeast);
        Assert.InRange(Seconds("hung", StepAction.ForceOff), 0, 3);
        Assert.InRange(Seconds("kvm1", StepAction.Shutdown), 10, 12); // C4: the silence that proves it is no part of it

        DurationSample Sample(string target, StepAction action) =>
            Assert.Single(taught, t => t.Target == target && t.Action == action).Sample;
        double Seconds(string target, StepAction action) => Sample(target, action).Seconds;
    }

    [Fact]
    public void RehearsalAndWhatWasOffAlready_TeachNothing()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web"), Worlds.Guest(2, "db").Set(PowerState.Off)]);
        world.Tell(new RunRequested(RunKind.Rehearsal, "ann")).Run(10);
        Assert.Empty(RunDurations.Of(Assert.Single(world.Ended)));
        world.Upses[1].Status = "OB LB";
        world.Run(200);
        Assert.DoesNotContain(RunDurations.Of(world.Ended[^1]), t => t.Target == "db");
    }
}
