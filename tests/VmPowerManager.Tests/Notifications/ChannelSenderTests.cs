using VmPowerManager.Events;
using VmPowerManager.Notifications;

namespace VmPowerManager.Tests.Notifications;

public sealed class ChannelSenderTests
{
    private static readonly Func<Notification, CancellationToken, Task> Down = (_, _) =>
        throw new DeliveryException("connection refused");

    [Fact]
    public async Task Receiver_Works_MessagesArriveOnceInOrder()
    {
        await using var bench = await SenderBench.StartAsync();
        var first = bench.Add();
        bench.Add(Severity.Critical);
        bench.Add();
        await SenderBench.BecomesAsync(() => bench.Channel.Tried.Count == 3, "three sent");
        Assert.Equal(["key-1", "key-2", "key-3"], bench.Channel.Tried.Select(n => n.Key));
        var stored = bench.Book.Find(first.Id)!;
        Assert.Equal((DeliveryState.Delivered, 1, "taken"), (stored.State, stored.Attempts, stored.Answer));
        Assert.Empty(bench.EventTypes);
    }

    [Fact]
    public async Task Receiver_Down_IsTriedEverMoreSeldom_AndTheEventIsToldOnce()
    {
        await using var bench = await SenderBench.StartAsync(Down);
        var message = bench.Add();
        await SenderBench.BecomesAsync(() => bench.Channel.Tried.Count == 1, "first try");
        await bench.SettleAsync();
        foreach (var (pause, tries) in new[] { (2, 2), (4, 3), (8, 4), (16, 5) })
        {
            await bench.PassAsync(TimeSpan.FromSeconds(pause - 1));
            Assert.Equal(tries - 1, bench.Channel.Tried.Count);
            await bench.PassAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(tries, bench.Channel.Tried.Count);
        }
        var shown = bench.Book.Find(message.Id)!;
        Assert.Equal((DeliveryState.Failed, 5, "connection refused"), (shown.State, shown.Attempts, shown.LastError));
        Assert.Equal(bench.Time.GetUtcNow() + TimeSpan.FromSeconds(32), shown.NextTryAt);
        Assert.Equal(["notifications.failing"], bench.EventTypes);
    }

    [Fact]
    public async Task Receiver_Back_EverythingThatWaitedGoesAtOnce_AndTheEndIsToldOnce()
    {
        await using var bench = await SenderBench.StartAsync(Down);
        for (var i = 0; i < 5; i++)
            bench.Add();
        await bench.PassAsync(TimeSpan.FromMinutes(5), stepSeconds: 5);
        var before = bench.Channel.Tried.Count;
        bench.Channel.Receive = null;
        await bench.PassAsync(TimeSpan.FromMinutes(5), stepSeconds: 5);
        Assert.Equal(before + 5, bench.Channel.Tried.Count);
        Assert.Empty(bench.Book.Waiting(SenderBench.ChannelId));
        Assert.Equal(["notifications.failing", "notifications.working"], bench.EventTypes);
    }

    [Fact]
    public async Task NewMessage_WhileTheChannelFails_WaitsAMinuteAtMost()
    {
        await using var bench = await SenderBench.StartAsync(Down);
        bench.Add();
        await bench.PassAsync(TimeSpan.FromHours(1), stepSeconds: 30);
        var fresh = bench.Add(Severity.Critical);
        await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Contains(bench.Channel.Tried, n => n.Key == fresh.Content.Key);
    }

    [Fact]
    public async Task OneMessageThatChokesTheReceiver_DoesNotStopTheOthers()
    {
        await using var bench = await SenderBench.StartAsync(
            (what, _) => what.Key == "key-1" ? throw new DeliveryException("500") : Task.CompletedTask
        );
        for (var i = 0; i < 4; i++)
            bench.Add();
        await bench.PassAsync(TimeSpan.FromMinutes(1));
        var left = Assert.Single(bench.Book.Waiting(SenderBench.ChannelId));
        Assert.Equal("key-1", left.Content.Key);
    }

    [Fact]
    public async Task Receiver_NeverTakesIt_IsGivenUpAfterADay_AndToldOnce()
    {
        await using var bench = await SenderBench.StartAsync(Down);
        var messages = new[] { bench.Add(), bench.Add() };
        await bench.SettleAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(2));
        bench.Time.Advance(TimeSpan.FromHours(24));
        await bench.SettleAsync();
        await SenderBench.BecomesAsync(
            () => messages.All(m => bench.Book.Find(m.Id)!.State == DeliveryState.GivenUp),
            "given up"
        );
        Assert.All(messages, m => Assert.Equal("connection refused", bench.Book.Find(m.Id)!.LastError));
        Assert.Equal(["notifications.failing", "notifications.givenUp"], bench.EventTypes);
    }

    [Fact]
    public async Task Receiver_RefusesForGood_IsGivenUpAtOnce()
    {
        await using var bench = await SenderBench.StartAsync(
            (_, _) => throw new DeliveryException("550 no such user") { Permanent = true, MessageOnly = true }
        );
        var message = bench.Add();
        await SenderBench.BecomesAsync(() => bench.Book.Find(message.Id)!.State == DeliveryState.GivenUp, "given up");
        await bench.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Single(bench.Channel.Tried);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(90, 90)]
    [InlineData(90_000, 3600)]
    public async Task Receiver_AsksForAPause_IsHonouredWithinBounds(int asked, int expected)
    {
        await using var bench = await SenderBench.StartAsync(
            (_, _) => throw new DeliveryException("429") { RetryAfter = TimeSpan.FromSeconds(asked) }
        );
        var message = bench.Add();
        await SenderBench.BecomesAsync(() => bench.Book.Find(message.Id)!.State == DeliveryState.Failed, "failed");
        Assert.Equal(bench.Time.GetUtcNow() + TimeSpan.FromSeconds(expected), bench.Book.Find(message.Id)!.NextTryAt);
    }

    [Fact]
    public async Task Receiver_HangsAndHeedsNothing_CostsItsLimitOnly()
    {
        var never = new TaskCompletionSource();
        await using var bench = await SenderBench.StartAsync((_, _) => never.Task);
        var message = bench.Add();
        await SenderBench.BecomesAsync(() => bench.Channel.Tried.Count == 1, "tried");
        await bench.PassAsync(TimeSpan.FromSeconds(10));
        await SenderBench.BecomesAsync(() => bench.Book.Find(message.Id)!.State == DeliveryState.Failed, "failed");
        Assert.Equal("No answer within 10 s.", bench.Book.Find(message.Id)!.LastError);
    }

    [Fact]
    public async Task Driver_WithABug_IsAFailureLikeAnyOther()
    {
        await using var bench = await SenderBench.StartAsync((_, _) => throw new InvalidOperationException("oops"));
        var message = bench.Add();
        await SenderBench.BecomesAsync(() => bench.Book.Find(message.Id)!.State == DeliveryState.Failed, "failed");
        bench.Channel.Receive = null;
        bench.Hurry();
        await SenderBench.BecomesAsync(
            () => bench.Book.Find(message.Id)!.State == DeliveryState.Delivered,
            "delivered"
        );
    }

    [Fact]
    public async Task Progress_OfAFailedTry_ComesBackWithTheNext()
    {
        await using var bench = await SenderBench.StartAsync(
            (what, _) =>
                what.Progress is null
                    ? throw new DeliveryException("451") { Progress = "a@lab.test", MessageOnly = true }
                    : Task.CompletedTask
        );
        bench.Add();
        await bench.PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal([null, "a@lab.test"], bench.Channel.Tried.Select(n => n.Progress));
    }
}
