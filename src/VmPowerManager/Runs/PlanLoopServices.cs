using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Plans.Learning;
using VmPowerManager.Runs.Learning;
using VmPowerManager.Runs.Scenarios;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Runs;

/// <summary>What every plan loop works with.</summary>
public sealed record PlanLoopServices(
    PlanDirectory Plans,
    PlanModels Models,
    DurationDirectory Durations,
    RunLessons Lessons,
    RunBook Runs,
    JournalWriter Journal,
    EffectExecutor Executor,
    HostPolls Polls,
    IHostFeed Hosts,
    UpsNews Upses,
    OutageBook Outages,
    EventLog Events,
    LiveStream Stream,
    PlanScreens Screens,
    Boot Boot,
    ScenarioRecorders Recorders,
    TimeProvider Time
)
{
    public Moment Now => new(Time.Elapsed(), Time.GetUtcNow());
}
