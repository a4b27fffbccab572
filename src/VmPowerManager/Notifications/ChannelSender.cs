using VmPowerManager.Core;
using VmPowerManager.Ups;

namespace VmPowerManager.Notifications;

/// <summary>Sends what waits for one channel, one message at a time, in order while it works. A channel that fails is
/// tried with one message at a time, ever more seldom, and hurries once one gets through.</summary>
internal sealed partial class ChannelSender(
    int channelId,
    ChannelDirectory channels,
    DeliveryBook book,
    ChannelCall call,
    ChannelHealth health,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterBug = TimeSpan.FromSeconds(5);

    private readonly LoopAlarm _alarm = new(time);
    private int _failures;
    private TimeSpan _pausedUntil;
    private TimeSpan _freshFrom;
    private int _hurry;

    /// <summary>Something changed: look what is due. Any thread.</summary>
    public void Ring() => _alarm.Ring();

    /// <summary>Nothing is to be done before the next ring or the next time that is due.</summary>
    internal bool Rests => _alarm.Idle;

    /// <summary>A person changed something: try now. Any thread.</summary>
    public void Hurry()
    {
        Interlocked.Exchange(ref _hurry, 1);
        _alarm.Ring();
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await StepAsync(ct) is { } wait && wait > TimeSpan.Zero)
                    await _alarm.WaitAsync(wait < Idle ? wait : Idle, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBug(logger, channelId, e);
                await Task.Delay(AfterBug, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Dispose() => _alarm.Dispose();

    /// <returns>How long nothing is to be done.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _hurry, 0) == 1)
            ForgetPauses();
        if (channels.Find(channelId) is not { } channel)
            return Idle;
        var now = time.Elapsed();
        Expire(channel, now);
        var waiting = book.Waiting(channelId);
        if (!channel.Enabled || waiting.Count == 0)
            return Idle;
        if (Choose(waiting, now) is { } next)
        {
            await TryAsync(channel, next, ct);
            return TimeSpan.Zero;
        }
        return waiting.Min(Due) - now;
    }

    private TimeSpan Due(Delivery delivery)
    {
        var gate = delivery.Attempts == 0 ? _freshFrom : _pausedUntil;
        return delivery.NotBefore > gate ? delivery.NotBefore : gate;
    }

    /// <summary>In order. While the channel fails, one that was tried least: a message that a receiver chokes on must not
    /// stand before the others for ever.</summary>
    private Delivery? Choose(IReadOnlyList<Delivery> waiting, TimeSpan now)
    {
        var due = waiting.Where(d => Due(d) <= now);
        return _failures == 0
            ? due.MinBy(d => d.Id)
            : due.OrderBy(d => d.Attempts).ThenByDescending(d => d.Severity).ThenBy(d => d.Id).FirstOrDefault();
    }

    private async Task TryAsync(ChannelEntry channel, Delivery delivery, CancellationToken ct)
    {
        var sending = delivery with
        {
            State = DeliveryState.Sending,
            Attempts = delivery.Attempts + 1,
            LastAttemptAt = time.GetUtcNow(),
            NextTryAt = null,
        };
        book.Put(sending);
        var outcome = channel.Target is { } target
            ? await call.SendAsync(channel.Kind, target, delivery.Content, ct)
            : new SendOutcome(false, channel.Unusable ?? "It cannot be used.");
        if (outcome.Delivered)
            Delivered(channel, sending, outcome);
        else
            Failed(channel, sending, outcome);
    }

    private void Delivered(ChannelEntry channel, Delivery delivery, SendOutcome outcome)
    {
        book.Put(
            delivery with
            {
                State = DeliveryState.Delivered,
                DeliveredAt = time.GetUtcNow(),
                Answer = outcome.Words,
                LastError = null,
            }
        );
        if (_failures > 0)
            ForgetPauses();
        _failures = 0;
        health.Delivered(channel, book.Waiting(channelId).Count);
    }

    private void ForgetPauses()
    {
        (_pausedUntil, _freshFrom) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var waiting in book.Waiting(channelId).Where(d => d.NotBefore > TimeSpan.Zero))
            book.Put(waiting with { NotBefore = TimeSpan.Zero, NextTryAt = time.GetUtcNow() });
    }

    private void Failed(ChannelEntry channel, Delivery delivery, SendOutcome outcome)
    {
        var tried = delivery with
        {
            LastError = outcome.Words,
            Content = outcome.Progress is { } progress
                ? delivery.Content with
                {
                    Progress = progress,
                }
                : delivery.Content,
        };
        health.Failed(channel, outcome.Words);
        if (outcome.Permanent)
        {
            GiveUp(channel, tried);
            return;
        }
        var now = time.Elapsed();
        _failures = outcome.MessageOnly ? _failures : _failures + 1;
        var pause = Backoff.After(outcome.MessageOnly ? tried.Attempts : _failures, outcome.RetryAfter);
        if (!outcome.MessageOnly)
        {
            _pausedUntil = now + pause;
            _freshFrom = now + (pause < Backoff.Fresh || outcome.RetryAfter is not null ? pause : Backoff.Fresh);
        }
        book.Put(
            tried with
            {
                State = DeliveryState.Failed,
                NotBefore = now + pause,
                NextTryAt = time.GetUtcNow() + pause,
            }
        );
    }

    private void Expire(ChannelEntry channel, TimeSpan now)
    {
        foreach (var old in book.Waiting(channelId).Where(d => now - d.Since > Backoff.Lifetime))
            GiveUp(channel, old with { LastError = old.LastError ?? health.State.LastError });
    }

    private void GiveUp(ChannelEntry channel, Delivery delivery)
    {
        health.GivenUp(channel, delivery.LastError);
        book.Put(delivery with { State = DeliveryState.GivenUp, NextTryAt = null });
    }

    [LoggerMessage(LogLevel.Error, "The sender of channel {ChannelId} failed by a bug.")]
    private static partial void LogBug(ILogger logger, int channelId, Exception e);
}
