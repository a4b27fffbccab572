using Coravel.Invocable;

namespace VmPowerManager.Runs;

/// <summary>Each minute: rehearsals whose time has come, and how ready the plans are.</summary>
internal sealed class RehearsalJob(RehearsalSchedule schedule, ReadinessWatch watch) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke()
    {
        watch.Look();
        return schedule.RunDueAsync(CancellationToken);
    }
}
