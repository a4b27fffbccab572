using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>How long one action on one target took in one run.</summary>
/// <param name="Seconds">From the ask to the proof.</param>
/// <param name="At">When it ended, wall time: what is old says less.</param>
/// <param name="AtLeast">It did not succeed: it would have taken longer than its whole time.</param>
public sealed record DurationSample(double Seconds, DateTimeOffset At, bool AtLeast = false);

/// <summary>A sample, and whose it is.</summary>
/// <param name="Key">As <see cref="LearnedDuration.KeyOf"/> makes it.</param>
public sealed record MeasuredDuration(string Key, string Target, StepAction Action, DurationSample Sample);
