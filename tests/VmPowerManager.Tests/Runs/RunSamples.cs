using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>Runs for tests of screens. They begin at noon.</summary>
internal static class RunSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static PlanDefinition Plan { get; } =
        new()
        {
            Name = "Homelab",
            UpsIds = [1],
            Phases =
            [
                new()
                {
                    Id = "lab",
                    Name = "Lab VMs",
                    Trigger = new() { OnBatteryForSeconds = 60 },
                },
                new()
                {
                    Id = "db",
                    Name = "Databases",
                    Trigger = new() { LowBattery = true, RuntimeBelowSeconds = 600 },
                },
            ],
        };

    public static RunRecord Record(RunState run, bool unjournaled = false) => new(1, run, unjournaled);

    public static RunState Run(RunKind kind, params StepState[] steps) =>
        new()
        {
            Id = 7,
            Kind = kind,
            Cause = RunCause.Outage,
            Model = new PlanModel { PlanId = 1, Definition = Plan },
            StartedAt = Noon,
            Steps = [.. steps],
        };

    public static RunState Ended(this RunState run, RunStatus status, double afterSeconds = 100) =>
        run with
        {
            Status = status,
            EndedAt = Noon.AddSeconds(afterSeconds),
        };

    /// <param name="from">Seconds after noon; null: not begun.</param>
    public static StepState Guest(
        string name,
        StepStatus status,
        double? from = null,
        double? to = null,
        string phase = "lab",
        bool selected = true
    ) =>
        new()
        {
            Phase = phase,
            PhaseIndex = phase == "lab" ? 0 : 1,
            Target = new()
            {
                Kind = TargetKind.Guest,
                Name = name,
                HostId = 3,
                Realm = "r",
                ExternalId = name,
            },
            Action = StepAction.Shutdown,
            Ladder = [new() { TimeoutSeconds = 60 }, new() { Action = StepAction.ForceOff, TimeoutSeconds = 30 }],
            Selected = selected,
            Status = status,
            Attempt = from is null ? 0 : 1,
            StartedAt = from is { } f ? Noon.AddSeconds(f) : null,
            EndedAt = to is { } t ? Noon.AddSeconds(t) : null,
        };
}
