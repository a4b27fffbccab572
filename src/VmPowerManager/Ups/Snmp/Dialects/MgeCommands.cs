using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>upsmgTest. Its cards take all else by RFC 1628.</summary>
internal static class MgeCommands
{
    public static IReadOnlyList<SnmpCommand> All { get; } = [new("test.battery.start", [Number("10.4.0", 2)])];
}
