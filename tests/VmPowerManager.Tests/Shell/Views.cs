using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Shell;

/// <summary>Screen values for tests.</summary>
internal static class Views
{
    public static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static UpsStreamView Ups(
        int id,
        bool onBattery = false,
        bool critical = false,
        Comm comm = Comm.Ok,
        double? runtime = 3000,
        string[]? status = null,
        double? onBatterySeconds = null,
        bool enabled = true
    ) =>
        new(
            id,
            $"ups{id}",
            enabled,
            new UpsReadingView
            {
                At = Now,
                AgeSeconds = 1,
                Comm = comm,
                Status = status ?? [onBattery ? "OB" : "OL"],
                UnknownFlags = [],
                OnBattery = onBattery,
                Critical = critical,
                OnBatterySeconds = onBatterySeconds,
                BatteryRuntimeSeconds = runtime,
                Estimated = [],
                Implausible = new Dictionary<string, int>(),
                Variables = new Dictionary<string, string>(),
            }
        );

    public static PlanScreen Plan(
        bool armed,
        double needed = 600,
        double? available = 3000,
        string stage = "normal",
        NextPhaseView? next = null,
        int id = 1
    ) =>
        new(
            id,
            "Homelab",
            Now,
            new PlanStateView(id, armed, stage, "Because.", available, "measured", next, null, null, []),
            new ForecastView(needed, available, available - needed, "bounds", [], [], [])
        );
}
