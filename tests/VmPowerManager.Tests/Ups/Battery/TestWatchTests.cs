using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Tests.Ups.Battery;

public sealed class TestWatchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly List<(SelfTest Test, bool IsNews)> _found = [];
    private TestWatch _watch = TestWatch.Begin;
    private TimeSpan _now;

    [Theory]
    [InlineData("Done and passed", TestOutcome.Passed)]
    [InlineData("Done and warning", TestOutcome.Warning)]
    [InlineData("Done and error", TestOutcome.Failed)]
    [InlineData("Battery test failed", TestOutcome.Failed)]
    [InlineData("Aborted", TestOutcome.Aborted)]
    [InlineData("In progress", TestOutcome.Unknown)]
    [InlineData("No test initiated", TestOutcome.Unknown)]
    [InlineData("OK", TestOutcome.Passed)]
    [InlineData("No failure", TestOutcome.Passed)]
    [InlineData("Battery abnormal", TestOutcome.Failed)]
    [InlineData("Battery broken", TestOutcome.Failed)]
    [InlineData("NG", TestOutcome.Failed)]
    [InlineData("NO", TestOutcome.Unknown)]
    [InlineData("quantum flux", TestOutcome.Unknown)]
    [InlineData(null, TestOutcome.Unknown)]
    public void Words_OfDevices_AreUnderstood(string? said, TestOutcome outcome) =>
        Assert.Equal(outcome, TestWords.Outcome(said));

    [Fact]
    public void Flag_ComesAndGoes_IsATestWithItsDurationAndTheResultOfLater()
    {
        See(false, "Done and passed", null);
        for (var i = 0; i < 15; i++)
            See(true, "Done and passed", null);
        See(false, "In progress", null);
        Assert.Empty(_found);
        See(false, "Done and error", null);

        var (test, isNews) = Assert.Single(_found);
        Assert.Equal((TestOutcome.Failed, 15, true, true), (test.Outcome, test.Seconds, test.Seen, isNews));
        Assert.Equal(Noon.AddSeconds(1), test.At);
    }

    [Fact]
    public void Flag_AndTheSameResultAsBefore_IsTakenAfterAMinute()
    {
        See(false, "Done and passed", null);
        See(true, "Done and passed", null);
        for (var i = 0; i < 60; i++)
            See(false, "Done and passed", null);
        Assert.Empty(_found);
        for (var i = 0; i < 10; i++)
            See(false, "Done and passed", null);

        Assert.Equal((TestOutcome.Passed, 1), (Assert.Single(_found).Test.Outcome, _found[0].Test.Seconds));
    }

    [Fact]
    public void Result_ThatSaysInProgress_IsATestWithoutAFlag()
    {
        See(false, "No test initiated", null);
        for (var i = 0; i < 20; i++)
            See(false, "In progress", null);
        See(false, "Done and passed", null);
        See(false, "Done and passed", null);

        Assert.Equal((TestOutcome.Passed, 20), (Assert.Single(_found).Test.Outcome, _found[0].Test.Seconds));
    }

    [Fact]
    public void Date_AtFirstSight_IsATestThatIsNoNews()
    {
        See(false, null, null);
        See(false, "Done and passed", "03/02/2026");
        See(false, "Done and passed", "03/02/2026");

        var (test, isNews) = Assert.Single(_found);
        Assert.Equal((new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), false), (test.At, isNews));
        Assert.Null(test.Seconds);
    }

    [Fact]
    public void Result_AtFirstSightWithoutADate_IsNotDated()
    {
        See(false, "Done and passed", null);

        Assert.Empty(_found);
    }

    [Fact]
    public void Date_ThatChanges_IsNews()
    {
        See(false, "Passed", "03/02/2026");
        See(false, null, null);
        See(false, "Passed", "03/10/2026");

        Assert.Equal([false, true], _found.Select(f => f.IsNews));
        Assert.Equal(Noon.AddSeconds(2), _found[1].Test.At);
    }

    [Theory]
    [InlineData("2024-05-06", 2024, 5, 6)]
    [InlineData("2024/05/06", 2024, 5, 6)]
    [InlineData("05/06/2024", 2024, 5, 6)]
    [InlineData("05/06/24", 2024, 5, 6)]
    [InlineData("20240506", 2024, 5, 6)]
    [InlineData("16.05.2024", 2024, 5, 16)]
    [InlineData("16/05/2024", 2024, 5, 16)]
    public void Date_AsDevicesWriteIt_IsRead(string text, int year, int month, int day) =>
        Assert.Equal(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero), DeviceDate.Parse(text, Noon));

    [Theory]
    [InlineData("2001/09/25")]
    [InlineData("1970-01-01")]
    [InlineData("01/01/2000")]
    [InlineData("2031-01-01")]
    [InlineData("not set")]
    [InlineData("")]
    public void Date_ThatCannotBe_IsNone(string text) => Assert.Null(DeviceDate.Parse(text, Noon));

    [Fact]
    public void Date_WithATime_IsThatMoment() =>
        Assert.Equal(
            new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero),
            DeviceDate.Parse("2026-03-01 03:00:00 +0100", Noon)
        );

    private void See(bool testing, string? result, string? date)
    {
        var (next, test, isNews) = _watch.See(new TestSight(Noon + _now, _now, testing, result, date));
        _watch = next;
        _now += TimeSpan.FromSeconds(1);
        if (test is not null)
            _found.Add((test, isNews));
    }
}
