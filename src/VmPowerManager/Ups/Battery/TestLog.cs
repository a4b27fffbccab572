using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Battery;

/// <summary>Watches the self-tests of every UPS, leaves them for the writer of history, and tells of those that end. The
/// loop of a UPS calls it; it never waits.</summary>
internal sealed class TestLog(HistoryRecorder recorder, EventLog events)
{
    /// <summary>A date without a time may be off by a day and a half, with the device's own idea of the time zone.</summary>
    private static readonly TimeSpan SameTestByDate = TimeSpan.FromHours(36);
    private static readonly TimeSpan SameTestByTime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<int, TestWatch> _watches = [];

    public void Follow(UpsSnapshot seen, UpsReading reading)
    {
        var id = seen.Config.Id;
        var (next, test, isNews) = _watches.GetValueOrDefault(id, TestWatch.Begin).See(TestSight.Of(reading));
        _watches[id] = next;
        if (test is null)
            return;
        recorder.Note(Note(id, test, isNews ? SameTestByTime : SameTestByDate));
        if (isNews)
            events.Append(Event(seen.Config, test));
    }

    public void Forget(int upsId) => _watches.TryRemove(upsId, out _);

    internal static HistoryNote Note(int upsId, SelfTest test, TimeSpan window) =>
        new(
            BatterySql.WriteTest,
            [
                ("@ups", upsId),
                ("@at", test.At.ToUnixTimeMilliseconds()),
                ("@outcome", (int)test.Outcome),
                ("@result", test.Result),
                ("@seconds", test.Seconds),
                ("@seen", test.Seen ? 1 : 0),
                ("@window", (long)window.TotalMilliseconds),
            ]
        );

    private static NewEvent Event(UpsConfig ups, SelfTest test)
    {
        var (type, severity, words) = test.Outcome switch
        {
            TestOutcome.Failed => ("ups.testFailed", Severity.Warning, Sentence.Of($"The self-test failed")),
            TestOutcome.Warning => (
                "ups.testWarning",
                Severity.Warning,
                Sentence.Of($"The self-test ended with a warning")
            ),
            TestOutcome.Passed => ("ups.testPassed", Severity.Info, Sentence.Of($"The self-test was passed")),
            TestOutcome.Aborted => ("ups.testAborted", Severity.Info, Sentence.Of($"The self-test was aborted")),
            _ => (
                "ups.testEnded",
                Severity.Info,
                Sentence.Of($"The self-test ended without a result that is understood")
            ),
        };
        var said = test.Result is null ? null : Sentence.Of($": {test.Result}");
        return new NewEvent(type, severity, ups.Label, $"{ups.Label}: {words}{said}.")
        {
            UpsId = ups.Id,
            Data = new
            {
                test.Outcome,
                test.Result,
                test.Seconds,
                test.At,
            },
        };
    }
}
