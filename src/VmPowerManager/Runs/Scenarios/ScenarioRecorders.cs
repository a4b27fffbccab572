using System.Collections.Concurrent;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>Records what each plan lives through. Each plan is told of by its own loop alone; nothing that fails here
/// reaches it.</summary>
public sealed partial class ScenarioRecorders(ScenarioStore store, ILogger<ScenarioRecorders> logger)
{
    /// <summary>An open recording is stored at most so often: a process that is killed loses no more.</summary>
    private static readonly TimeSpan KeptEvery = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<int, Recording> _plans = new();

    public void Saw(int planId, EngineStep step)
    {
        try
        {
            Take(planId, _plans.GetOrAdd(planId, _ => new Recording()), step);
        }
        catch (Exception e)
        {
            LogBug(planId, e);
            _plans.TryRemove(planId, out _);
        }
    }

    private void Take(int planId, Recording recording, EngineStep step)
    {
        if (step.Told is Resumed && step.After.Cycle is not null && store.TakeOpen(planId) is { } open)
            recording.Recorder.Resume(open);
        if (recording.Recorder.Saw(step) is { } closed)
        {
            store.Keep(planId, closed, closed: true);
            recording.KeptAt = null;
        }
        else if (step.After.Cycle is null && step.After.Run is null)
        {
            if (recording.KeptAt is not null)
                store.Drop(planId);
            recording.KeptAt = null;
        }
        else if (IsDue(recording, step) && recording.Recorder.Open is { } now)
        {
            store.Keep(planId, now, closed: false);
            (recording.KeptAt, recording.KeptSize) = (step.At.Elapsed, recording.Recorder.Size);
        }
    }

    /// <summary>Something was decided or told, and the last copy is neither whole nor of just now.</summary>
    private static bool IsDue(Recording recording, EngineStep step) =>
        recording.KeptAt is not { } kept
            ? step.Made.Effects.Length + step.Made.Notices.Length > 0
            : step.At.Elapsed - kept >= KeptEvery && recording.Recorder.Size != recording.KeptSize;

    private sealed class Recording
    {
        public ScenarioRecorder Recorder { get; } = new();

        /// <summary>When the open one was stored last; null: never.</summary>
        public TimeSpan? KeptAt { get; set; }

        /// <summary>How much it held then.</summary>
        public int KeptSize { get; set; }
    }

    [LoggerMessage(LogLevel.Error, "Recording what plan {PlanId} does failed by a bug")]
    private partial void LogBug(int planId, Exception e);
}
