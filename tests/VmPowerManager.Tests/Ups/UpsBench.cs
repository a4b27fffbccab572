using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Canaries;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups;

/// <summary>One UPS's loop with a fake device and a fake clock.</summary>
internal sealed class UpsBench : IAsyncDisposable
{
    private readonly PumpContext _pump = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;

    public UpsBench(
        Action<FakeUps>? arrange = null,
        double confirmSeconds = 3,
        double pollSeconds = 1,
        Func<UpsOutlets, UpsOutlets>? outlets = null
    )
    {
        Device = new FakeUps(Time);
        arrange?.Invoke(Device);
        var policy = new UpsPolicy
        {
            UpsId = 1,
            Name = "rack-a",
            ConfirmSeconds = confirmSeconds,
            PollSeconds = pollSeconds,
        };
        using var settings = JsonDocument.Parse("{}");
        var device = new UpsDevice(1, "rack-a", settings.RootElement.Clone(), new Dictionary<string, string>());
        var config = new UpsConfig(device, "fake", policy);
        Events = new EventLog(Time);
        Feed.Set(policy);
        Feed.Subscribe(Observations.Add);
        Outages = new OutageRecorder(Database, Book, Time, NullLogger<OutageRecorder>.Instance);
        var working = new UpsOutlets(
            Feed,
            Events,
            new UpsScreens(Stream, Time),
            new UpsWitnesses(Canaries),
            Outages,
            History,
            new InputLog(History),
            new TestLog(History, Events)
        );
        Tracker = new UpsTracker(config, outlets?.Invoke(working) ?? working, Time, NullLogger.Instance);
        Poller = new UpsPoller(config, new UpsDrivers([Device]), Tracker, Time, NullLogger.Instance);
        _loop = _pump.Run(() => Poller.RunAsync(_ending.Token));
        _pump.Pump();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    public FakeUps Device { get; }
    public TestDatabase Database { get; } = new();
    public UpsFeed Feed { get; } = new(NullLogger<UpsFeed>.Instance);
    public EventLog Events { get; }
    public CanaryFeed Canaries { get; } = new(NullLogger<CanaryFeed>.Instance);
    public LiveStream Stream { get; } = new();
    public HistoryRecorder History { get; } = new();
    public OutageBook Book { get; } = new();
    public OutageRecorder Outages { get; }
    public UpsTracker Tracker { get; }
    public UpsPoller Poller { get; }
    public List<UpsObservation> Observations { get; } = [];
    public UpsEvidence Evidence => Tracker.Snapshot.Evidence;

    /// <summary>As pages and the API have it.</summary>
    public UpsReadingView? Shown => UpsReadingView.Of(Tracker.Snapshot, Time.Elapsed(), Time.GetUtcNow());

    /// <summary>Types of the events so far, in order.</summary>
    public IEnumerable<string> EventTypes => Events.Latest().Select(e => e.Type);

    public void Pump() => _pump.Pump();

    /// <summary>Lets time pass in steps that no interval falls between.</summary>
    public void Run(double seconds)
    {
        for (var i = 0; i < (int)Math.Round(seconds * 20); i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(50));
            _pump.Pump();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Not CancelAsync: the loop must end within this pump.
        _ending.Cancel();
        _pump.Pump();
        Assert.True(_loop.IsCompleted, "The loop ends when it is told to.");
        await _loop;
        await Database.DisposeAsync();
    }
}
