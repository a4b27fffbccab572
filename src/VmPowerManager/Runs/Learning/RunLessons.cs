using System.Threading.Channels;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Plans.Learning;

namespace VmPowerManager.Runs.Learning;

/// <summary>Learns from ended runs, one after the other, on its own task: a plan's loop only hands them over. What cannot
/// be stored is lost, and the next run teaches again.</summary>
public sealed partial class RunLessons(DurationDirectory durations, ILogger<RunLessons> logger) : BackgroundService
{
    private readonly Channel<RunState> _ended = Channel.CreateBounded<RunState>(
        new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );

    /// <summary>Any thread; returns at once.</summary>
    public void Learn(RunState ended) => _ended.Writer.TryWrite(ended);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var run in _ended.Reader.ReadAllAsync(stoppingToken))
                await LearnAsync(run, stoppingToken);
        }
        catch (OperationCanceledException) { }
    }

    private async Task LearnAsync(RunState run, CancellationToken ct)
    {
        try
        {
            await durations.LearnAsync(RunDurations.Of(run), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogLost(run.Id, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What run {RunId} took could not be stored: {Reason}")]
    private partial void LogLost(int runId, string reason);
}
