using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>How much is behind a forecast.</summary>
public enum Confidence
{
    /// <summary>Nothing was learned: time limits.</summary>
    Bounds,

    /// <summary>Fewer than three samples.</summary>
    FewSamples,
    Learned,
}

/// <summary>How long something will take, seconds: usually, and at most but for one time in twenty (POLICY C2).</summary>
public readonly record struct ExpectedDuration(double Usual, double Likely, Confidence Confidence)
{
    private const int Enough = 3;

    /// <summary>C2: without samples the time-out; with fewer than three, no less than half of it.</summary>
    public static ExpectedDuration Of(LearnedDuration? learned, double timeoutSeconds) =>
        learned switch
        {
            null => new(timeoutSeconds, timeoutSeconds, Confidence.Bounds),
            { Overridden: true } or { Samples: >= Enough } => new(learned.P50, learned.P95, Confidence.Learned),
            _ => new(
                Math.Max(learned.P50, timeoutSeconds / 2),
                Math.Max(learned.P95, timeoutSeconds / 2),
                Confidence.FewSamples
            ),
        };

    /// <summary>A ladder, from <paramref name="first"/> on: a rung that is not expected to do within its time costs all of
    /// it, and then the next one counts.</summary>
    public static ExpectedDuration Of(
        PlanModel model,
        string targetKey,
        ImmutableArray<RungDefinition> ladder,
        int first
    )
    {
        var (usual, likely) = (0.0, 0.0);
        var (usualGoes, likelyGoes, confidence) = (true, true, Confidence.Learned);
        for (var r = first; r < ladder.Length && likelyGoes; r++)
        {
            var bound = (double)ladder[r].TimeoutSeconds;
            var rung = Of(LearnedOf(model, targetKey, ladder[r].Action), bound);
            if (usualGoes)
                usual += Math.Min(rung.Usual, bound);
            likely += Math.Min(rung.Likely, bound);
            confidence = rung.Confidence < confidence ? rung.Confidence : confidence;
            usualGoes &= rung.Usual >= bound;
            likelyGoes &= rung.Likely >= bound;
        }
        return new(usual, likely, confidence);
    }

    public static LearnedDuration? LearnedOf(PlanModel model, string targetKey, StepAction action) =>
        model.Durations.IsEmpty ? null : model.Durations.GetValueOrDefault(LearnedDuration.KeyOf(targetKey, action));
}
