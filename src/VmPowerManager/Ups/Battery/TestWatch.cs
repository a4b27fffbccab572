using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Battery;

/// <summary>What one reading says about self-tests.</summary>
internal sealed record TestSight(DateTimeOffset At, TimeSpan Taken, bool Testing, string? Result, string? Date)
{
    public static TestSight Of(UpsReading reading) =>
        new(
            reading.At,
            reading.Taken,
            reading.Status.HasFlag(UpsStatus.TEST),
            Text(reading, "ups.test.result"),
            Text(reading, "ups.test.date")
        );

    private static string? Text(UpsReading reading, string name) =>
        reading.Variables.TryGetValue(name, out var text) && text.Trim() is { Length: > 0 } said ? said : null;
}

/// <summary>What has been seen of one UPS's self-tests. Immutable and pure. A test is known by its TEST flag, or by a
/// result or a date that changed; a date at first sight tells of a test before.</summary>
internal sealed record TestWatch
{
    /// <summary>The result is read less often than the flag: 30 s, and one miss.</summary>
    private static readonly TimeSpan ResultWithin = TimeSpan.FromSeconds(65);

    /// <summary>A deep test may say for long that it is in progress without a flag.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(12);

    public static readonly TestWatch Begin = new();

    private TestSight? Before { get; init; }

    /// <summary>The first reading of the test that runs.</summary>
    private TestSight? Started { get; init; }

    /// <summary>The first reading after it, until its result is there.</summary>
    private TestSight? Ended { get; init; }

    /// <summary>Takes in a reading.</summary>
    /// <returns>The next state, a test that is over, if one is, and whether it is news: not what was so at first sight.</returns>
    public (TestWatch Next, SelfTest? Test, bool IsNews) See(TestSight sight)
    {
        // Values that went away, with a complete reading that failed, say nothing.
        if (sight is { Testing: false, Result: null, Date: null } && Started is null)
            return (this, null, false);
        var next = this with { Before = sight };
        if (sight.Testing)
            return (next with { Started = Started ?? sight, Ended = null }, null, false);
        if (Started is { } started)
            return Finish(next, started, Ended ?? sight, sight);
        if (Before is not { } before)
            return (next, FirstSight(sight), false);
        if (sight.Result == before.Result && sight.Date == before.Date)
            return (next, null, false);
        if (TestWords.IsRunning(sight.Result) && !TestWords.IsRunning(before.Result))
            return (next with { Started = sight }, null, false);
        return TestWords.IsNoResult(sight.Result) ? (next, null, false) : (next, Told(sight), true);
    }

    private static (TestWatch, SelfTest?, bool) Finish(
        TestWatch next,
        TestSight started,
        TestSight ended,
        TestSight sight
    )
    {
        var running = TestWords.IsRunning(sight.Result);
        var changed = sight.Result != started.Result && !TestWords.IsNoResult(sight.Result);
        var givenUp = sight.Taken - started.Taken > GivenUpAfter;
        if (!changed && !givenUp && (running || sight.Taken - ended.Taken < ResultWithin))
            // Without a flag it ends when the result says so.
            return (next with { Ended = running && !started.Testing ? null : ended }, null, false);
        var seconds = Math.Round((ended.Taken - started.Taken).TotalSeconds, 1);
        var outcome = TestWords.Outcome(sight.Result);
        var test = new SelfTest(started.At, outcome, sight.Result, seconds, true);
        return (next with { Started = null, Ended = null }, test, true);
    }

    /// <summary>Null without a date: nobody knows whether it is known already.</summary>
    private static SelfTest? FirstSight(TestSight sight) =>
        DeviceDate.Parse(sight.Date, sight.At) is { } date && !TestWords.IsNoResult(sight.Result)
            ? new SelfTest(date, TestWords.Outcome(sight.Result), sight.Result, null, false)
            : null;

    /// <summary>A date that is a day only is that of the test; the moment is not known better than now.</summary>
    private static SelfTest Told(TestSight sight)
    {
        var date = DeviceDate.Parse(sight.Date, sight.At);
        var at = date is { } day && (sight.At - day).Duration() > TimeSpan.FromHours(36) ? day : sight.At;
        return new SelfTest(at, TestWords.Outcome(sight.Result), sight.Result, null, false);
    }
}
