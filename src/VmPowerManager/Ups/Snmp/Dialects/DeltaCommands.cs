using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>dupsTest and dupsConfig.</summary>
internal static class DeltaCommands
{
    private const string Test = "8.1.0";

    public static IReadOnlyList<SnmpCommand> All { get; } =
    [
        new("test.battery.start", [Number(Test, 2)]),
        new("test.battery.start.quick", [Number(Test, 3)]),
        new("test.battery.start.deep", [Number(Test, 4)]),
        new("test.battery.stop", [Number(Test, 0)]),
        new("beeper.enable", [Number("3.2.0", 1)]),
        new("beeper.disable", [Number("3.2.0", 2)]),
    ];
}
