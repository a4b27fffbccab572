using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>upsControl and upsTest of CPS. No cut: a sleep is timed whatever mains does, an off stays off, and some devices
/// switch outlets on without mains.</summary>
internal static class CpsCommands
{
    public static IReadOnlyList<SnmpCommand> All { get; } =
    [
        new("test.battery.start.quick", [Number("7.2.2.0", 2)]),
        new("calibrate.start", [Number("7.2.6.0", 2)]),
        new("calibrate.stop", [Number("7.2.6.0", 3)]),
        new("test.failure.start", [Number("6.2.4.0", 2)]),
        new("test.panel.start", [Number("6.2.5.0", 2)]),
        new("load.off", [Number("6.2.1.0", 2)]),
        new("load.on", [Number("6.2.6.0", 2)]),
        new("shutdown.return", [Number("6.1.1.0", 2)]),
        new("shutdown.stayoff", [Number("6.2.1.0", 3)]),
    ];
}
