namespace VmPowerManager.Core.Tests.Power;

/// <summary>One case that upsmon decides, and what we decide. Where the two differ, the difference has a name and a reason.</summary>
/// <param name="Step">Of <c>is_ups_critical()</c>, in its own order, or the setting that decides.</param>
/// <param name="Polls">As <see cref="Feed"/> plays them, after a first reading on line at 0; several UPSes are parted by a bar.</param>
/// <param name="Now">When it is asked, seconds.</param>
/// <param name="Nut">upsmon shuts down.</param>
/// <param name="Ours">The target is critical, or is lost for its triggers where <paramref name="Loses"/>.</param>
/// <param name="Loses">What is compared is the loss of enough supplies, not critical.</param>
internal sealed record NutRow(
    string Step,
    string Case,
    string Polls,
    double Now,
    bool Nut,
    bool Ours,
    string? Difference = null,
    string? Why = null,
    double Needed = 1,
    bool Loses = false
)
{
    public double[] Powers { get; init; } = [];
}

/// <summary>upsmon's decision order (is_ups_critical), its timers and MINSUPPLIES, row by row.</summary>
internal static class NutTable
{
    private const string Good = "charge=95 runtime=900";

    public static IReadOnlyList<NutRow> Rows { get; } =
    [
        new("1 FSD", "FSD on battery", "1 OB FSD", 1, true, true),
        new("1 FSD", "FSD on line: an administrator or a charge too low to carry the load", "1 OL FSD", 1, true, true),
        new("1 FSD", "FSD while calibrating", "1 OB CAL FSD volts=230", 1, true, true),
        new(
            "1 FSD",
            "FSD stays set after mains is back (upsd latches it until it is restarted)",
            "1 OB FSD, 2 OL FSD, 600 OL FSD",
            600,
            true,
            false,
            "latched FSD",
            "A5: it would shut everything down again on good mains, for ever; shown, acted on at its next rising edge"
        ),
        new(
            "1 FSD",
            "FSD first read together with OL after an outage",
            "1 OB, 2 OB, 4 OB, 5 x, 9 OL FSD",
            9,
            true,
            false,
            "latched FSD",
            "A5: it rose in the outage that is over"
        ),
        new("2 comm lost", "was OB: DEADTIME has not passed", "1 OB, 2 x, 3 x, 15.5 x", 15.5, false, false),
        new("2 comm lost", "was OB: treated as OB LB after DEADTIME", "1 OB, 2 x, 3 x, 16 x", 16, true, true),
        new("2 comm lost", "was OL", "1 OL, 2 x, 3 x, 300 x", 300, false, false),
        new("2 comm lost", "was TRIM or BOOST: no assumption", "1 OL BOOST, 2 x, 3 x, 300 x", 300, false, false),
        new(
            "2 comm lost",
            "was CAL",
            "1 OL CAL volts=230, 2 x, 3 x",
            3,
            true,
            false,
            "loss is no outage",
            "I7, I9: the network or the driver fails more often than mains during a calibration; upsmon does not even wait DEADTIME"
        ),
        new(
            "2 comm lost",
            "was BYPASS",
            "1 OL BYPASS, 2 x, 3 x, 60 x",
            60,
            true,
            false,
            "loss is no outage",
            "A3, I7: on bypass mains feeds the load; told as a warning"
        ),
        new(
            "2 comm lost",
            "was OFF",
            "1 OFF, 2 x, 3 x, 60 x",
            60,
            true,
            false,
            "loss is no outage",
            "A7, I7: OFF for seconds begins some calibrations (nut#2279); told"
        ),
        new(
            "2 comm lost",
            "was OVER on line, OVERDURATION 0",
            "1 OL OVER, 2 x, 3 x, 60 x",
            60,
            true,
            false,
            "loss is no outage",
            "I7: an overload on mains threatens the output, not the data on it; told"
        ),
        new(
            "2 comm lost",
            "was OL with ALARM, ALARMCRITICAL 1",
            "1 OL ALARM, 2 x, 3 x, 60 x",
            60,
            true,
            false,
            "loss is no outage",
            "I7: an alarm (a worn battery) and a lost cable are two warnings, not an outage"
        ),
        new(
            "2 comm lost",
            "4 s without network while on battery (nut#2454: acts at once in 2.8.2)",
            "1 OB, 2 OB, 4 OB, 5 x, 8 x",
            8,
            false,
            false
        ),
        new(
            "2 comm lost",
            "data stale (DATA-STALE) on battery, DEADTIME over",
            "1 OB, 2 OB, 4 OB, 5 stale, 19 stale",
            19,
            true,
            true
        ),
        new("2 comm lost", "WAIT: the driver has no data yet", "1 WAIT, 2 WAIT, 300 WAIT", 300, false, false),
        new("3 OFF", "OFF for less than OFFDURATION", "1 OFF, 30 OFF", 30, false, false),
        new(
            "3 OFF",
            "OFF for OFFDURATION, the only supply",
            "1 OFF, 31 OFF",
            31,
            true,
            false,
            "OFF against living hosts",
            "A7: a host that answers proves that its output is on; a contradiction is told, not acted on"
        ),
        new(
            "3 OFF",
            "OFF for OFFDURATION, the other supply low on battery",
            "1 OFF, 40 OFF | 1 OB LB, 2 OB LB, 40 OB LB",
            40,
            true,
            true
        ),
        new(
            "3 OFF",
            "OFF while calibrating with mains there",
            "1 OFF CAL volts=230, 40 OFF CAL volts=230",
            40,
            true,
            false,
            "genuine calibration",
            "A5, I9: the input is measured to be there"
        ),
        new("4 OB and LB", "OB without LB", "1 OB, 2 OB, 300 OB", 300, false, false),
        new("4 OB and LB", "LB without OB", "1 OL LB, 2 OL LB, 300 OL LB", 300, false, false),
        new("4 OB and LB", "neither OL nor OB", "1 CHRG, 2 CHRG, 300 CHRG", 300, false, false),
        new(
            "4 OB and LB",
            "DISCHRG is no CHRG: tokens, not substrings",
            "1 OL DISCHRG, 300 OL DISCHRG",
            300,
            false,
            false
        ),
        new("5 CAL", "OB LB CAL, mains measured", "1 OB LB CAL volts=230, 60 OB LB CAL volts=230", 60, false, false),
        new(
            "5 CAL",
            "OB LB CAL, mains measured to be gone",
            "1 OB LB CAL volts=0, 2 OB LB CAL volts=0, 60 OB LB CAL volts=0",
            60,
            false,
            true,
            "stuck CAL",
            "A5: upsmon is blocked for as long as CAL is set (nut#2168)"
        ),
        new(
            "5 CAL",
            "OB LB CAL for long, input unknown, battery nearly empty",
            "1 OB LB CAL charge=14, 2 OB LB CAL charge=14, 60 OB LB CAL charge=14",
            60,
            false,
            true,
            "stuck CAL",
            "A5: no calibration empties a battery below 15 %"
        ),
        new(
            "5 CAL",
            "OB LB TEST, mains measured (upsmon knows no TEST here)",
            "1 OB LB TEST volts=230, 60 OB LB TEST volts=230",
            60,
            true,
            false,
            "self-test",
            "A5, I9: a self-test is no outage"
        ),
        new(
            "6 OBLBDURATION",
            "OB LB, first reading",
            "1 OB LB",
            1,
            true,
            false,
            "confirmation",
            "A4: one reading may be a glitch; confirmed by the second that spans confirmSeconds [3], or by the first with confirmSeconds 0"
        ),
        new("6 OBLBDURATION", "OB LB, values unknown, confirmed", "1 OB LB, 2 OB LB, 4 OB LB", 4, true, true),
        new(
            "6 OBLBDURATION",
            "LB right at the transfer, charge and runtime good",
            $"1 OB LB {Good}, 2 OB LB {Good}, 5 OB LB {Good}",
            5,
            true,
            false,
            "LB at transfer",
            "A6: many UPSes say LB for seconds at transfer (nut#1942, #3087); a second sign is asked for, 30 s at most"
        ),
        new(
            "6 OBLBDURATION",
            "the same LB after 30 s",
            $"1 OB LB {Good}, 2 OB LB {Good}, 31 OB LB {Good}",
            31,
            true,
            true
        ),
        new(
            "6 OBLBDURATION",
            "LB that was always set (battery.charge.low 100), at the transfer",
            $"0.5 OL LB {Good}, 1 OB LB {Good}, 5 OB LB {Good}",
            5,
            true,
            false,
            "LB at transfer",
            "A6: as above (nut#2652)"
        ),
        new("7 and 8", "primary or secondary", "1 OB LB, 2 OB LB, 4 OB LB", 4, true, true),
        new(
            "OVERDURATION",
            "OVER on battery for 10 s (off by default in upsmon)",
            "1 OB OVER, 2 OB OVER, 11 OB OVER",
            11,
            false,
            true,
            "overload on battery",
            "A7: it will be off any second, and no state follows that could be acted on"
        ),
        new("OVERDURATION", "OVER on line", "1 OL OVER, 60 OL OVER", 60, false, false),
        new(
            "LB never comes",
            "OB, charge gone, no LB (nut#561)",
            "1 OB charge=50, 2 OB charge=40, 300 OB charge=2",
            300,
            false,
            true,
            "own thresholds",
            "C1: phases have triggers on charge, runtime and time of their own; upsmon waits for LB",
            Loses: true
        ),
        new("MINSUPPLIES", "1 of 2, one on battery", "1 OL, 60 OL | 40 OB, 41 OB, 60 OB", 60, false, false),
        new("MINSUPPLIES", "1 of 2, one OB LB", "1 OL, 60 OL | 40 OB LB, 41 OB LB, 60 OB LB", 60, false, false),
        new(
            "MINSUPPLIES",
            "1 of 2, both OB LB",
            "40 OB LB, 41 OB LB, 60 OB LB | 40 OB LB, 41 OB LB, 60 OB LB",
            60,
            true,
            true
        ),
        new(
            "MINSUPPLIES",
            "2 of 2, one OB LB",
            "1 OL, 60 OL | 40 OB LB, 41 OB LB, 60 OB LB",
            60,
            true,
            true,
            Needed: 2
        ),
        new(
            "MINSUPPLIES",
            "2 of 2, one merely on battery",
            "1 OL, 60 OL | 40 OB, 41 OB, 60 OB",
            60,
            false,
            false,
            Needed: 2
        ),
        new(
            "MINSUPPLIES",
            "1 of 2, one OB LB, one silent for long (was OL)",
            "1 x, 2 x, 3 x, 60 x | 40 OB LB, 41 OB LB, 60 OB LB",
            60,
            false,
            true,
            "silent supply",
            "B4: upsmon counts what was on line when it was last heard as good for ever; after deadSeconds it counts as zero once another supply fails"
        ),
        new(
            "MINSUPPLIES",
            "1 of 2, one OB LB, one on BYPASS for long",
            "30 BYPASS, 60 BYPASS | 40 OB LB, 41 OB LB, 60 OB LB",
            60,
            false,
            true,
            "silent supply",
            "A3, B4: a UPS that sleeps or is bypassed stands for nothing (nut#2044)"
        ),
        new("POWERVALUE", "value 0: told, never counted", "1 OB LB, 2 OB LB, 60 OB LB | 1 OL, 60 OL", 60, false, false)
        {
            Powers = [0, 1],
        },
        new(
            "POWERVALUE",
            "value 2 of 2 needed",
            "1 OL, 60 OL | 40 OB LB, 41 OB LB, 60 OB LB",
            60,
            false,
            false,
            Needed: 2
        )
        {
            Powers = [2, 1],
        },
        new("upssched", "ONBATT START-TIMER 20, still on battery", "1 OB, 2 OB, 21 OB", 21, true, true, Loses: true),
        new(
            "upssched",
            "ONLINE CANCEL-TIMER, mains back for good",
            "1 OB, 2 OB, 4 OB, 5 OL, 15 OL, 16 OL",
            16,
            false,
            false,
            Loses: true
        ),
        new(
            "upssched",
            "flicker: ONLINE for a second between two stretches of 15 s",
            "1 OB, 2 OB, 16 OB, 17 OL, 18 OB, 19 OB, 33 OB",
            33,
            false,
            true,
            "flicker accumulates",
            "D1: CANCEL-TIMER begins the count anew at every flicker, while the battery does not; time on battery adds up until the outage is over",
            Loses: true
        ),
    ];

    /// <summary>upsmon's NOTIFY types, and the event that says it here.</summary>
    public static IReadOnlyList<(string Nut, string Event, string? Note)> Notifies { get; } =
    [
        ("ONLINE", "ups.onLine", "with how long it lasted"),
        ("ONBATT", "ups.onBattery", "when confirmed; ups.onBatteryUnconfirmed at the first reading"),
        ("LOWBATT", "ups.lowBattery", null),
        ("FSD", "ups.fsd", "ups.fsdLatched where it says nothing new"),
        ("COMMOK", "ups.commOk", null),
        ("COMMBAD", "ups.commStale", "ups.commLost after five seconds"),
        ("SHUTDOWN", "run.started", null),
        ("SHUTDOWN_HOSTSYNC", "step.running", "nobody is waited for blindly: each target is seen off (C4)"),
        ("REPLBATT", "ups.replaceBattery", null),
        ("NOCOMM", "plan.noReading", "RBWARNTIME and NOCOMMWARNTIME: the notifications' own repetition"),
        ("NOPARENT", "", "there is no second process"),
        ("CAL, NOTCAL", "ups.masked", "and ups.unmasked"),
        ("OFF, NOTOFF", "ups.off", null),
        ("OVER, NOTOVER", "ups.overload", null),
        ("BYPASS, NOTBYPASS", "ups.bypass", null),
        (
            "ECO, TRIM, BOOST",
            "",
            "shown as state; no event: a mains that is high or low is no message at 3 in the morning"
        ),
        ("ALARM, NOTALARM", "ups.alarm", "with the device's words"),
        ("OTHER, NOTOTHER", "", "unknown words are shown as the device writes them"),
        ("SUSPEND_STARTING, SUSPEND_FINISHED", "", "F7: time that the process was away is no silence of the device"),
    ];
}
