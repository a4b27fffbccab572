using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>xupsControl and xupsTest.</summary>
internal static class XupsCommands
{
    private const string OffDelay = "9.1.0";
    private const string OnDelay = "9.2.0";
    private const string LoadShed = "9.6.0";

    public static IReadOnlyList<SnmpCommand> All { get; } =
    [
        new("test.battery.start.quick", [Number("8.1.0", 1)]),
        // 0 would take a running countdown back.
        new("load.off", [Number(OffDelay, 1)]),
        new("load.off.delay", [Delay(OffDelay, least: 1)]) { DelaySeconds = 30 },
        new("load.on", [Number(OnDelay, 1)]),
        new("load.on.delay", [Delay(OnDelay, least: 1)]) { DelaySeconds = 20 },
        new("shutdown.stop", [Number(OffDelay, 0)]),
        new("shutdown.return", [Delay(LoadShed, least: 1)]) { DelaySeconds = 20 },
    ];

    /// <summary>xupsLoadShedSecsWithRestart: off after the delay, and on again with mains. Cannot be taken back.</summary>
    public static CutRecipe Cut { get; } =
        new("xupsLoadShedSecsWithRestart", TimeSpan.FromHours(2), CanAbort: false)
        {
            Delayed = new("shutdown.return", [Delay(LoadShed, least: 1)]),
            AtOnce = new("shutdown.return", [Delay(LoadShed, least: 1)]),
            Timers = [LoadShed],
        };
}
