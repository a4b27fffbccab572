using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Learning;
using VmPowerManager.Tests.Ups;

namespace VmPowerManager.Tests.Plans;

/// <summary>What is kept of how long things took.</summary>
public sealed class DurationDirectoryTests : IAsyncDisposable
{
    private const string Key = "guest:realm/7|shutdown";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestDatabase _database = new();
    private readonly DurationDirectory _durations;

    public DurationDirectoryTests() => _durations = new(_database, _time);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Learned_IsTheSameAfterARestart()
    {
        var told = 0;
        using var _ = _durations.Subscribe(() => told++);
        await LearnAsync(30, 50);
        await LearnAsync(40);
        var entry = _durations.All.Value[Key];
        Assert.Equal(("web01", "Shutdown", 3), (entry.Target, entry.Action, entry.Learned?.Samples));
        Assert.Equal((40, 50), (entry.Learned?.P50, entry.Learned?.P95));
        Assert.Equal(2, told);
        var again = new DurationDirectory(_database, _time);
        await again.LoadAsync(Ct);
        Assert.Equal(entry.Learned, again.All.Value[Key].Learned);
        Assert.Equal(entry.Samples, again.All.Value[Key].Samples);
    }

    [Fact]
    public async Task Of_TheTargetsThatAreAskedFor_AndNoOthers()
    {
        await LearnAsync(30);
        Assert.Equal([Key], _durations.Of(new HashSet<string> { "guest:realm/7" }).Keys);
        Assert.Empty(_durations.Of(new HashSet<string> { "guest:realm/8" }));
    }

    [Fact]
    public async Task Samples_BeyondTheNewest_AreForgotten()
    {
        for (var i = 0; i < DurationLearning.Kept + 5; i++)
            await LearnAsync(100 + i);
        var kept = _durations.All.Value[Key].Samples;
        Assert.Equal(DurationLearning.Kept, kept.Length);
        Assert.Equal(105, kept.Min(s => s.Seconds));
    }

    [Fact]
    public async Task Override_Decides_UntilItIsTakenBack()
    {
        await LearnAsync(30);
        await _durations.OverrideAsync(Key, "web01", 90, Ct);
        var known = Assert.Single(_durations.Of(new HashSet<string> { "guest:realm/7" }).Values);
        Assert.Equal(new LearnedDuration(90, 90, 1, Overridden: true), known);
        await LearnAsync(32);
        Assert.Equal(90, _durations.All.Value[Key].Effective?.P95);
        var back = await _durations.OverrideAsync(Key, "web01", null, Ct);
        Assert.Equal((32, 2, false), (back.Effective?.P95, back.Effective?.Samples, back.Effective?.Overridden));
    }

    [Fact]
    public async Task Samples_OfAnotherVersion_TeachNothing_AndNewOnesDo()
    {
        await LearnAsync(30);
        await using (var db = _database.CreateDbContext())
            await db.Set<DurationRow>().ExecuteUpdateAsync(r => r.SetProperty(d => d.Samples, "{]"), Ct);
        var again = new DurationDirectory(_database, _time);
        await again.LoadAsync(Ct);
        Assert.Null(again.All.Value[Key].Effective);
        await again.LearnAsync([Measured(70)], Ct);
        Assert.Equal(70, again.All.Value[Key].Effective?.P50);
    }

    private Task LearnAsync(params double[] seconds) => _durations.LearnAsync([.. seconds.Select(Measured)], Ct);

    private MeasuredDuration Measured(double seconds)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return new(Key, "web01", StepAction.Shutdown, new DurationSample(seconds, _time.GetUtcNow()));
    }
}
