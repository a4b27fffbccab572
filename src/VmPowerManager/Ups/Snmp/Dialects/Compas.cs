using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>SITE-MONITORING-MIB (26854): Alpha Comp@s, a DC plant. Its autonomy has no unit in the MIB and is left out.</summary>
internal static class Compas
{
    public static Dialect Table { get; } =
        new("compas", "Alpha Comp@s", "1.3.6.1.4.1.26854.3.2.1.20.1.20.1.13.3")
        {
            Maker = "Alpha",
            Systems = ["1.3.6.1.4.1.26854"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "91.0"),
                One(Names.BatteryVoltage, "11.0"),
                One(Names.BatteryTemperature, "71.0"),
            ],
            Texts =
            [
                Words(
                    Names.TestResult,
                    "72.0",
                    new()
                    {
                        [0] = "no test initiated",
                        [1] = "done and passed",
                        [2] = "in progress",
                        [3] = "done and error",
                        [4] = "done and error",
                        [5] = "done and error",
                        [6] = "aborted",
                        [7] = "aborted",
                        [8] = "aborted",
                        [9] = "done and error",
                    }
                ),
            ],
            Status =
            [
                Source(
                    "1.0",
                    new()
                    {
                        [0] = OL,
                        [1] = OL | CHRG,
                        [2] = OB | TEST,
                        [3] = OB,
                        [5] = "safe",
                    }
                ),
            ],
        };
}
