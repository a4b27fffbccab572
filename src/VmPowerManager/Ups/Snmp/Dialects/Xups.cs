using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>Eaton XUPS-MIB: Powerware, 9PX, 93PM, BladeUPS; Network-M2/M3, ConnectUPS, PXGX cards.</summary>
internal static class Xups
{
    /// <summary>xupsAlarms: the identities below 7.</summary>
    private static readonly Dictionary<long, State> AlarmKinds = new()
    {
        [3] = OB,
        [4] = LB,
        [7] = OVER | ALARM,
        [9] = LB,
        [11] = BYPASS,
        [13] = OFF,
        [23] = RB,
        [24] = OFF,
        [28] = TEST,
    };

    public static Dialect Table { get; } =
        new("xups", "Eaton XUPS", "1.3.6.1.4.1.534.1")
        {
            Maker = "Eaton",
            Systems = ["1.3.6.1.4.1.534.1", "1.3.6.1.4.1.534.2"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.1.0"),
                One(Names.BatteryVoltage, "2.2.0"),
                One(Names.BatteryCurrent, "2.3.0"),
                One(Names.UpsTemperature, "6.1.0"),
                One(Names.AmbientTemperature, "6.5.0"),
                One(Names.AmbientHumidity, "6.6.0"),
                One(Names.InputFrequency, "3.1.0", Tenth),
                One(Names.InputLineBads, "3.2.0"),
                One(Names.InputPhases, "3.3.0"),
                Column(Names.InputVoltage, "3.4.1.2"),
                Column(Names.InputCurrent, "3.4.1.3"),
                Column(Names.InputRealPower, "3.4.1.4"),
                One(Names.Load, "4.1.0"),
                One(Names.OutputFrequency, "4.2.0", Tenth),
                One(Names.OutputPhases, "4.3.0"),
                Column(Names.OutputVoltage, "4.4.1.2"),
                Column(Names.OutputCurrent, "4.4.1.3"),
                Column(Names.RealPower, "4.4.1.4"),
                One(Names.BypassFrequency, "5.1.0", Tenth),
                One(Names.BypassPhases, "5.2.0"),
                Column(Names.BypassVoltage, "5.3.1.2"),
                One(Names.OutputVoltageNominal, "10.1.0"),
                One(Names.InputVoltageNominal, "10.2.0"),
                One(Names.RealPowerNominal, "10.3.0"),
            ],
            Texts =
            [
                Text(Names.Manufacturer, "1.1.0"),
                Text(Names.Model, "1.2.0"),
                Text(Names.Firmware, "1.3.0"),
                Text(Names.Serial, "1.6.0"),
                Text(Names.AgentFirmware, "1.14.3.0"),
                Text(Names.BatteryDate, "2.6.0"),
                Words(
                    Names.Charger,
                    "2.5.0",
                    new()
                    {
                        [1] = "charging",
                        [2] = "discharging",
                        [3] = "floating",
                        [4] = "resting",
                        [6] = "disconnected",
                        [7] = "under test",
                        [8] = "check battery",
                    }
                ),
                Words(
                    Names.TestResult,
                    "8.2.0",
                    new()
                    {
                        [2] = "done and passed",
                        [3] = "done and error",
                        [4] = "in progress",
                        [5] = "not supported",
                        [6] = "inhibited",
                        [7] = "scheduled",
                    }
                ),
            ],
            Status =
            [
                Source(
                    "4.5.0",
                    new()
                    {
                        [1] = Other,
                        [2] = OFF,
                        [3] = OL,
                        [4] = BYPASS,
                        [5] = OB,
                        [6] = OL | BOOST,
                        [7] = OL | TRIM,
                        [8] = OL,
                        [9] = OL,
                        [10] = OL | ECO,
                        [11] = BYPASS,
                        [12] = OL | ECO,
                    }
                ),
                Extra(
                    "2.5.0",
                    new()
                    {
                        [1] = CHRG,
                        [2] = DISCHRG,
                        [7] = TEST,
                        [8] = RB,
                    }
                ),
                Yes("2.7.0", RB),
                Yes("2.9.0", RB),
                Yes("2.10.0", LB),
                Testing("8.2.0", running: 4),
                Count("7.1.0"),
                Alarms("7.2.1.2", "7", AlarmKinds) with
                {
                    LostAlarm = 26,
                },
            ],
            Commands = XupsCommands.All,
            Cut = XupsCommands.Cut,
        };
}
