using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Snmp;

/// <summary>The words in which the dialect tables are written.</summary>
internal static class Tables
{
    public const UpsStatus OL = UpsStatus.OL;
    public const UpsStatus OB = UpsStatus.OB;
    public const UpsStatus LB = UpsStatus.LB;
    public const UpsStatus RB = UpsStatus.RB;
    public const UpsStatus CHRG = UpsStatus.CHRG;
    public const UpsStatus DISCHRG = UpsStatus.DISCHRG;
    public const UpsStatus BYPASS = UpsStatus.BYPASS;
    public const UpsStatus CAL = UpsStatus.CAL;
    public const UpsStatus TEST = UpsStatus.TEST;
    public const UpsStatus OFF = UpsStatus.OFF;
    public const UpsStatus OVER = UpsStatus.OVER;
    public const UpsStatus TRIM = UpsStatus.TRIM;
    public const UpsStatus BOOST = UpsStatus.BOOST;
    public const UpsStatus ECO = UpsStatus.ECO;
    public const UpsStatus ALARM = UpsStatus.ALARM;

    public const string Unknown = "unknown";
    public const string Other = "other";
    public const string Standby = "standby";
    public const string Rebooting = "rebooting";

    public const double Tenth = 0.1;
    public const double Hundredth = 0.01;
    public const double Minutes = 60;
    public const double Ticks = 0.01;
    public const double Kilo = 1000;

    public static Measure One(string name, string rest, double scale = 1) => new(name, rest, scale);

    public static Measure Column(string name, string rest, double scale = 1) =>
        new(name, rest, scale) { IsColumn = true };

    /// <summary>One object for each line, in order.</summary>
    public static IEnumerable<Measure> Lines(string name, double scale, params string[] rests) =>
        rests.Select((rest, index) => new Measure(name, rest, scale) { Line = index + 1 });

    public static TextObject Text(string name, string rest) => new(name, rest);

    public static TextObject Words(string name, string rest, Dictionary<long, string> words) => new(name, rest, words);

    public static StatusObject Source(string rest, Dictionary<long, State> states) =>
        new(StatusKind.Source, rest, states);

    public static StatusObject Extra(string rest, Dictionary<long, State> states) =>
        new(StatusKind.Extra, rest, states);

    /// <summary>A count: above 0 something is wrong.</summary>
    public static StatusObject Count(string rest) =>
        new(StatusKind.Extra, rest, new Dictionary<long, State> { [0] = UpsStatus.None }) { AnyOther = ALARM };

    public static StatusObject Alarms(string rest, string kinds, Dictionary<long, State> states) =>
        new(StatusKind.Alarms, rest, states) { Kinds = kinds };

    /// <summary>The result of a test, where one value means that it runs.</summary>
    public static StatusObject Testing(string rest, long running) =>
        Extra(rest, new() { [running] = TEST }) with
        {
            OnlyOnBattery = true,
        };

    public static StatusObject Letters(string rest, Dictionary<long, State> states) =>
        new(StatusKind.Letters, rest, states);

    /// <summary>yes(1), no(2).</summary>
    public static StatusObject Yes(string rest, UpsStatus flags) =>
        Extra(rest, new() { [1] = flags, [2] = UpsStatus.None });

    /// <summary>on(1), off(0).</summary>
    public static StatusObject On(string rest, UpsStatus flags) =>
        Extra(rest, new() { [1] = flags, [0] = UpsStatus.None });
}
