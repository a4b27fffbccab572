using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>Tells when the clock on the wall jumps (F6). Decisions count elapsed time and do not care; planned runs, holds
/// and maintenance end by the wall, and do.</summary>
internal sealed partial class ClockWatch(EventLog events, TimeProvider time, ILogger<ClockWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(60);
    private (DateTimeOffset Wall, TimeSpan Elapsed)? _before;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Look();
            }
            catch (Exception e)
            {
                LogBug(logger, e);
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Compares how far the two clocks went since it looked last.</summary>
    internal void Look()
    {
        var now = (Wall: time.GetUtcNow(), Elapsed: time.Elapsed());
        var before = _before;
        _before = now;
        if (before is not { } then)
            return;
        var jump = now.Wall - then.Wall - (now.Elapsed - then.Elapsed);
        if (jump.Duration() <= Jump)
            return;
        var way = jump > TimeSpan.Zero ? Sentence.Of($"forward") : Sentence.Of($"back");
        events.Append(
            new NewEvent(
                "system.clockJumped",
                Severity.Warning,
                "system",
                $"The clock of this machine went {way} by {jump.Duration().TotalSeconds:0} s at once. Nothing that counts elapsed time is touched; planned runs, holds and maintenance go by the clock."
            )
            {
                Data = new { JumpSeconds = Math.Round(jump.TotalSeconds) },
            }
        );
    }

    [LoggerMessage(LogLevel.Error, "Looking at the clock met a bug and goes on")]
    private static partial void LogBug(ILogger logger, Exception e);
}
