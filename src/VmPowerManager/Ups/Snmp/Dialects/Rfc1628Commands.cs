using static VmPowerManager.Ups.Snmp.SnmpPut;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>upsTest and upsControl of RFC 1628. A test is started together with the spin lock, in one PDU; a shutdown is one
/// of the output, not of the card.</summary>
internal static class Rfc1628Commands
{
    private const string TestId = "7.1.0";
    private const string SpinLock = "7.2.0";
    private const string ShutdownType = "8.1.0";
    private const string ShutdownAfter = "8.2.0";
    private const string StartupAfter = "8.3.0";
    private const string Reboot = "8.4.0";
    private const string AutoRestart = "8.5.0";
    private const string Audible = "9.8.0";

    public static IReadOnlyList<SnmpCommand> All { get; } =
    [
        Test("test.battery.start", "7.7.3"),
        Test("test.battery.start.quick", "7.7.4"),
        Test("test.battery.start.deep", "7.7.5"),
        Test("test.battery.stop", "7.7.2"),
        Test("calibrate.start", "7.7.5"),
        Test("calibrate.stop", "7.7.2"),
        new("beeper.disable", [Number(Audible, 1)]),
        new("beeper.enable", [Number(Audible, 2)]),
        new("beeper.mute", [Number(Audible, 3)]),
        new("load.off", [Number(ShutdownType, 1)], [Number(ShutdownAfter, 0)]),
        new("load.off.delay", [Number(ShutdownType, 1)], [Delay(ShutdownAfter)]) { DelaySeconds = 20 },
        new("load.on", [Number(StartupAfter, 0)]),
        new("load.on.delay", [Delay(StartupAfter)]) { DelaySeconds = 30 },
        new("shutdown.stop", [Number(ShutdownAfter, -1)], [Number(StartupAfter, -1)]),
        new("shutdown.reboot", [Number(ShutdownType, 1)], [Number(Reboot, OffSeconds)]),
        new("shutdown.stayoff", [Number(ShutdownType, 1)], [Number(AutoRestart, 2)], [Delay(ShutdownAfter)])
        {
            DelaySeconds = 20,
        },
        // Comes back in both cases: after its pause where mains is there, else with mains.
        new(
            "shutdown.return",
            [Number(ShutdownType, 1)],
            [Number(AutoRestart, 1)],
            [Delay(ShutdownAfter)],
            [Delay(StartupAfter, plus: OffSeconds)]
        )
        {
            DelaySeconds = 20,
        },
    ];

    /// <summary>How long the output stays off while mains is there.</summary>
    private const int OffSeconds = 30;

    public static CutRecipe Cut { get; } =
        new("upsShutdownAfterDelay and upsStartupAfterDelay", TimeSpan.FromHours(2), CanAbort: true)
        {
            Delayed = new(
                "shutdown.return",
                [Number(ShutdownType, 1)],
                [Number(AutoRestart, 1)],
                [Delay(ShutdownAfter)],
                [Delay(StartupAfter, plus: OffSeconds)]
            ),
            AtOnce = new(
                "shutdown.reboot",
                [Number(ShutdownType, 1)],
                [Number(AutoRestart, 1)],
                [Number(Reboot, OffSeconds)]
            ),
            Abort = new("shutdown.stop", [Number(ShutdownAfter, -1)], [Number(StartupAfter, -1)]),
            Timers = [ShutdownAfter, StartupAfter],
        };

    private static SnmpCommand Test(string name, string test) => new(name, [Spin(SpinLock), Identifier(TestId, test)]);
}
