using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Notifications;
using VmPowerManager.Storage;
using VmPowerManager.Tests.Ups;

namespace VmPowerManager.Tests.Notifications;

/// <summary>One channel's sender on a clock that the test moves, with a fake receiver.</summary>
internal sealed class SenderBench : IAsyncDisposable
{
    public const int ChannelId = 1;
    private readonly TestDatabase _database = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ChannelDirectory _channels;
    private readonly ChannelSender _sender;
    private Task _running = Task.CompletedTask;
    private long _sequence;

    private SenderBench()
    {
        var box = new SecretBox(new EphemeralDataProtectionProvider());
        _channels = new ChannelDirectory(
            _database,
            box,
            new NotificationScreens(),
            NullLogger<ChannelDirectory>.Instance
        );
        Events = new EventLog(Time);
        var call = new ChannelCall(new ChannelKinds([Channel]), Time, NullLogger<ChannelCall>.Instance);
        Health = new ChannelHealth(Events, Time);
        _sender = new ChannelSender(ChannelId, _channels, Book, call, Health, Time, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();
    public FakeChannel Channel { get; } = new();
    public DeliveryBook Book { get; } = new();
    public EventLog Events { get; }
    public ChannelHealth Health { get; }
    public IReadOnlyList<string> EventTypes => [.. Events.Latest().Select(e => e.Type)];

    public static async Task<SenderBench> StartAsync(Func<Notification, CancellationToken, Task>? receive = null)
    {
        var bench = new SenderBench { Channel = { Receive = receive } };
        await using (var db = bench._database.CreateDbContext())
        {
            db.Add(
                new ChannelRow
                {
                    Id = ChannelId,
                    Name = "ops",
                    Kind = "fake",
                    Settings = "{}",
                }
            );
            await db.SaveChangesAsync();
        }
        await bench._channels.ReloadAsync(CancellationToken.None);
        bench._running = bench._sender.RunAsync(bench._stop.Token);
        return bench;
    }

    public Delivery Add(Severity severity = Severity.Info)
    {
        var sequence = ++_sequence;
        Delivery made = null!; // set below: Add calls back at once
        Book.Add(sequence, [id => made = Message(id, sequence, severity)]);
        _sender.Ring();
        return made;
    }

    public void Hurry() => _sender.Hurry();

    /// <summary>Moves the clock by steps, letting the sender do what is due after each.</summary>
    public async Task PassAsync(TimeSpan span, int stepSeconds = 1)
    {
        var step = TimeSpan.FromSeconds(stepSeconds);
        for (var passed = TimeSpan.Zero; passed < span; passed += step)
        {
            Time.Advance(step);
            await SettleAsync();
        }
    }

    /// <summary>Waits until the sender has nothing more to do at this moment of the clock, or hangs in a call.</summary>
    public async Task SettleAsync()
    {
        _sender.Ring();
        for (var waited = 0; waited < 300 && !_sender.Rests; waited++)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    public static Task BecomesAsync(Func<bool> condition, string what) =>
        Soon.BecomesTrueAsync(() => Task.FromResult(condition()), what);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _sender.Dispose();
        _channels.Dispose();
        _stop.Dispose();
        await _database.DisposeAsync();
    }

    private Delivery Message(long id, long sequence, Severity severity) =>
        new()
        {
            Id = id,
            ChannelId = ChannelId,
            EventSequence = sequence,
            EventType = "test.happened",
            Source = "test",
            Severity = severity,
            CreatedAt = Time.GetUtcNow(),
            Since = Time.Elapsed(),
            Content = Of($"key-{id}", severity),
        };

    public static Notification Of(string key, Severity severity = Severity.Info) =>
        new()
        {
            Key = key,
            Title = $"title of {key}",
            Severity = JsonNamingPolicy.CamelCase.ConvertName(severity.ToString()),
            Message = "It happened.",
            At = DateTimeOffset.UnixEpoch,
        };
}
