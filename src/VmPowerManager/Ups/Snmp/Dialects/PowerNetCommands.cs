using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>upsBasicControl, upsAdvControl, upsAdvTest and outlet groups of PowerNet.</summary>
internal static class PowerNetCommands
{
    private const string ShutoffDelay = "5.2.10.0";
    private const string Beeper = "5.2.4.0";
    private const string Reboot = "6.2.2.0";
    private const string OutletCommand = "12.3.2.1.3";

    public static IReadOnlyList<SnmpCommand> All { get; } =
    [
        new("test.battery.start.quick", [Number("7.2.2.0", 2)]),
        new("calibrate.start", [Number("7.2.5.0", 2)]),
        new("calibrate.stop", [Number("7.2.5.0", 3)]),
        new("test.failure.start", [Number("6.2.4.0", 2)]),
        new("test.panel.start", [Number("6.2.5.0", 2)]),
        new("beeper.enable", [Number(Beeper, 1)]),
        new("beeper.disable", [Number(Beeper, 3)]),
        new("beeper.mute", [Number(Beeper, 4)]),
        new("load.off", [Number("6.2.1.0", 2)]),
        new("load.on", [Number("6.2.6.0", 2)]),
        // Sleeps until mains is there; refused while it is there.
        new("shutdown.return", [Number("6.1.1.0", 2)]),
        new("shutdown.stayoff", [Number("6.2.1.0", 3)]),
        new("shutdown.reboot", [Number(Reboot, 2)]),
        new("shutdown.reboot.graceful", [Number(Reboot, 3)]),
        new("bypass.start", [Number("6.2.7.0", 2)]),
        new("bypass.stop", [Number("6.2.7.0", 3)]),
        new("outlet.{0}.load.on", [Number(OutletCommand, 1)]) { IsPerRow = true },
        new("outlet.{0}.load.off", [Number(OutletCommand, 2)]) { IsPerRow = true },
        new("outlet.{0}.load.cycle", [Number(OutletCommand, 3)]) { IsPerRow = true },
    ];

    /// <summary>upsAdvControlRebootShutdownUps: off, and on again as soon as mains is good, whatever mains does between. The
    /// device rounds an unsupported delay up.</summary>
    public static CutRecipe Cut { get; } =
        new("upsAdvControlRebootShutdownUps", TimeSpan.FromSeconds(600), CanAbort: false)
        {
            Delayed = new("shutdown.reboot.graceful", [DelayInTicks(ShutoffDelay)], [Number(Reboot, 3)]),
            AtOnce = new("shutdown.reboot", [Number(Reboot, 2)]),
            Settings = [ShutoffDelay],
        };
}
