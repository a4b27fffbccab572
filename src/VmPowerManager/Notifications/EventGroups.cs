using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>Events that a person turns on and off together for a channel.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Title">English; pages translate it.</param>
/// <param name="Patterns">Event types or beginnings of them.</param>
/// <param name="Usual">A new channel has it.</param>
public sealed record EventGroup(
    string Id,
    string Title,
    IReadOnlyList<string> Patterns,
    bool Usual = true,
    Severity MinimumSeverity = Severity.Info
);

/// <summary>The rows of the subscription matrix, most wanted first.</summary>
public static class EventGroups
{
    public static IReadOnlyList<EventGroup> All { get; } =
    [
        new("outage", "Outage begins", ["ups.onBattery"]),
        new("mains", "Mains is back", ["ups.onLine", "ups.outageEnded"]),
        new("battery", "Battery low or critical", ["ups.lowBattery", "ups.critical", "ups.fsd"]),
        new("comm", "Communication with a UPS lost or back", ["ups.commLost", "ups.commOk"]),
        new("runStart", "A run begins", ["run.started", "run.takenOver"]),
        new("runEnd", "A run ends or is cancelled", ["run.ended", "run.cancelRequested"]),
        new("steps", "A step fails", ["step.failed", "step.unknown", "step.uncovered"]),
        new(
            "plans",
            "A plan cannot do as told",
            [
                "plan.noRedundancy",
                "plan.contradiction",
                "plan.startupWaits",
                "plan.disarmed",
                "plan.readinessFell",
                "plan.armedNotReady",
                "host.managerFound",
            ],
            MinimumSeverity: Severity.Warning
        ),
        new("channels", "Another channel fails", ["notifications.*"], MinimumSeverity: Severity.Warning),
        new("critical", "Everything critical", ["*"], MinimumSeverity: Severity.Critical),
        new(
            "care",
            "A UPS needs care",
            [
                "ups.replaceBattery",
                "ups.batteryAdvice",
                "ups.testFailed",
                "ups.testWarning",
                "ups.overload",
                "ups.alarm",
                "ups.off",
                "ups.bypass",
            ],
            Usual: false
        ),
        new(
            "hosts",
            "A host is out of reach or back",
            ["host.unreachable", "host.reachable", "host.trustChanged"],
            Usual: false
        ),
        new("signIns", "Sign-ins fail", ["accounts.signInFailed", "accounts.refreshTokenReused"], Usual: false),
    ];

    /// <summary>What a new channel is subscribed to.</summary>
    internal static IEnumerable<(string EventType, Severity MinimumSeverity)> Usual =>
        All.Where(g => g.Usual).SelectMany(g => g.Patterns.Select(p => (p, g.MinimumSeverity)));
}
