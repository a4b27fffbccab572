namespace VmPowerManager.Core.Engine;

/// <summary>Now, twice: elapsed time decides, wall time is for people (F6).</summary>
public readonly record struct Moment(TimeSpan Elapsed, DateTimeOffset Wall);
