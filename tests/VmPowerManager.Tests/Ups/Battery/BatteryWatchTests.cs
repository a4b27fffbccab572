using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Tests.Ups.Pages;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Battery;

/// <summary>What a battery needs is told once, and shown as long as it needs it.</summary>
public sealed class BatteryWatchTests : UpsCommandsBench
{
    private readonly HistoryRecorder _recorder = new();
    private readonly EventLog _told = new(TimeProvider.System);

    [Fact]
    public async Task OldBattery_IsToldOnceAndShown()
    {
        var id = await CreateAsync(With(Old));
        var watch = NewWatch();

        await watch.LookAsync(default);
        await watch.LookAsync(default);
        Write();
        await watch.LookAsync(default);
        // A process that begins anew knows it from history.
        await NewWatch().LookAsync(default);

        var told = Assert.Single(_told.Latest());
        Assert.Equal(("ups.batteryAdvice", Severity.Warning, id), (told.Type, told.Severity, told.UpsId));
        Assert.StartsWith("rack-a: Replace the battery. It is 9.", told.Message, StringComparison.Ordinal);
        Assert.Equal(BatteryNeed.Replace, Screens.All.Value[id].Battery);
    }

    [Fact]
    public async Task NewBattery_EndsTheAdvice()
    {
        var id = await CreateAsync(With(Old));
        var watch = NewWatch();
        await watch.LookAsync(default);

        await Commands.UpdateAsync(Admin, id, With(null), default);
        await watch.LookAsync(default);

        Assert.Equal(BatteryNeed.Nothing, Screens.All.Value[id].Battery);
        Assert.Single(_told.Latest());
    }

    [Fact]
    public async Task LifeOfTheBattery_IsASetting()
    {
        var id = await CreateAsync(With(Old, lifeYears: 15));

        await NewWatch().LookAsync(default);

        Assert.Empty(_told.Latest());
        var health = await Batteries.HealthAsync(id, default);
        Assert.Equal(
            (BatteryNeed.Nothing, 15, BatteryDateSource.User),
            (health.Need, health.LifeYears, health.InstalledAtSource)
        );
    }

    [Fact]
    public void Screens_BatteryToReplace_NeedsALook()
    {
        var fine = UpsViews.Seen(UpsViews.Reading());
        Assert.Equal("On mains", UpsCondition.Word(fine));
        Assert.Equal("Replace the battery", UpsCondition.Word(fine with { Battery = BatteryNeed.Replace }));
        Assert.Equal("On mains", UpsCondition.Word(fine with { Battery = BatteryNeed.ReplaceSoon }));
        var away = UpsViews.Seen(UpsViews.Reading("OB")) with { Battery = BatteryNeed.Replace };
        Assert.StartsWith("On battery", UpsCondition.Word(away), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_ThatTheDeviceTellsOfAgain_AreOnRecordOnce()
    {
        var id = await CreateAsync(Body());
        var at = DateTimeOffset.UnixEpoch.AddYears(55);
        var seen = new SelfTest(at, TestOutcome.Passed, "passed", 20, true);
        _recorder.Note(TestLog.Note(id, seen, TimeSpan.FromMinutes(5)));
        // The same, by its day alone, at a later start; another, a month later.
        var told = new SelfTest(at.AddHours(-20), TestOutcome.Passed, "passed", null, false);
        _recorder.Note(TestLog.Note(id, told, TimeSpan.FromHours(36)));
        _recorder.Note(TestLog.Note(id, told with { At = at.AddDays(30) }, TimeSpan.FromHours(36)));
        Write();

        var first = await Batteries.TestsAsync(id, null, 1, default);
        var second = await Batteries.TestsAsync(id, first.NextCursor, 10, default);

        Assert.Equal(at.AddDays(30), Assert.Single(first.Items).At);
        Assert.Equal(seen, Assert.Single(second.Items));
    }

    [Fact]
    public async Task SelfTest_ThatFails_IsAnEvent()
    {
        await using var bench = new UpsBench();
        var log = new TestLog(_recorder, _told);
        foreach (
            var (result, flag) in new[] { ("Done and passed", false), ("In progress", true), ("Done and error", false) }
        )
        {
            bench.Run(1);
            log.Follow(bench.Tracker.Snapshot, Reading(bench, result, flag));
        }

        var told = Assert.Single(_told.Latest());
        Assert.Equal(("ups.testFailed", "rack-a: The self-test failed: Done and error."), (told.Type, told.Message));
    }

    private static readonly DateTimeOffset Old = TimeProvider.System.GetUtcNow().AddYears(-9).AddMonths(-6);

    private static JsonElement With(DateTimeOffset? batteryReplacedAt, double? lifeYears = null) =>
        JsonSerializer.SerializeToElement(
            new
            {
                name = "rack-a",
                driver = "fake",
                batteryReplacedAt,
                batteryLifeYears = lifeYears,
                fake = new { host = "10.0.0.1" },
            }
        );

    private static UpsReading Reading(UpsBench bench, string result, bool testing) =>
        new()
        {
            At = bench.Time.GetUtcNow(),
            Taken = bench.Time.GetElapsedTime(0),
            Status = testing ? UpsStatus.OL | UpsStatus.TEST : UpsStatus.OL,
            Variables = ImmutableSortedDictionary<string, string>.Empty.Add("ups.test.result", result),
        };

    private BatteryWatch NewWatch() =>
        new(
            Batteries,
            Screens,
            new HistoryDb(Database.Folder, NullLogger<HistoryDb>.Instance),
            _recorder,
            _told,
            TimeProvider.System,
            NullLogger<BatteryWatch>.Instance
        );

    private void Write()
    {
        using var connection = new HistoryDb(Database.Folder, NullLogger<HistoryDb>.Instance).OpenForWriting();
        HistoryStore.Write(connection, _recorder.Take(long.MaxValue));
    }
}
