using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Tests.Ups;

/// <summary>Writes a long stretch of made-up history through the recorder and the writer's own statements, as a fake clock
/// would drive them: a reading every 10 s, and every second in the last 48 hours, for which raw samples are kept.</summary>
internal sealed class HistoryYear(HistoryDb file, int upses, int days, DateTimeOffset end)
{
    private const int OutageEveryHours = 150;
    private readonly HistoryRecorder _recorder = new();

    /// <summary>The same figures each time.</summary>
    private ulong _state = 20260301;

    public DateTimeOffset Begin { get; } = end.AddDays(-days);

    public void Write(Action<DateTimeOffset>? tell = null)
    {
        using var connection = file.OpenForWriting();
        var secondsFrom = end.AddHours(-48);
        var written = Begin;
        for (var at = Begin; at < end; at = at.AddSeconds(at < secondsFrom ? 10 : 1))
        {
            for (var ups = 1; ups <= upses; ups++)
                _recorder.Record(ups, Reading(ups, at), IsOnBattery(ups, at), pollSeconds: 10);
            if (at - written < TimeSpan.FromMinutes(15))
                continue;
            written = at;
            HistoryStore.Write(connection, _recorder.Take(at.ToUnixTimeMilliseconds()));
            if (at.Hour == 0 && at.Minute < 15)
            {
                while (!HistoryUpkeep.Clean(connection, at.ToUnixTimeMilliseconds())) { }
                tell?.Invoke(at);
            }
        }
        HistoryStore.Write(connection, _recorder.Take(long.MaxValue));
        while (!HistoryUpkeep.Clean(connection, end.ToUnixTimeMilliseconds())) { }
        HistoryStore.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public static long Rows(SqliteConnection connection, string where) =>
        HistoryStore.Select(connection, $"SELECT COUNT(*) FROM {where}", row => row.GetInt64(0))[0];

    /// <summary>20 minutes on battery now and then, and an hour to charge again.</summary>
    private static double Discharged(int ups, DateTimeOffset at)
    {
        var minute = at.ToUnixTimeSeconds() / 60 % (OutageEveryHours * 60) - (ups * 200);
        return minute is < 0 or > 80 ? 0
            : minute < 20 ? minute / 20.0
            : 1 - ((minute - 20) / 60.0);
    }

    private static bool IsOnBattery(int ups, DateTimeOffset at) =>
        at.ToUnixTimeSeconds() / 60 % (OutageEveryHours * 60) - (ups * 200) is >= 0 and < 20;

    private UpsReading Reading(int ups, DateTimeOffset at)
    {
        var (spent, onBattery) = (Discharged(ups, at), IsOnBattery(ups, at));
        var load = 25 + (ups * 5) + (8 * Math.Sin(at.Hour / 24.0 * 2 * Math.PI)) + Noise(3);
        return new UpsReading
        {
            At = at,
            Taken = TimeSpan.FromTicks(at.UtcTicks),
            Status = onBattery ? UpsStatus.OB | UpsStatus.DISCHRG : UpsStatus.OL,
            BatteryChargePercent = Math.Round(100 - (60 * spent)),
            BatteryRuntimeSeconds = Math.Round(3600 * (1 - (0.6 * spent)) * 30 / load),
            BatteryVoltage = Math.Round(27.2 - (3 * spent) + Noise(0.2), 1),
            BatteryTemperature = Math.Round(24 + (4 * Math.Sin(at.DayOfYear / 365.0 * 2 * Math.PI)) + Noise(0.3), 1),
            InputVoltage = onBattery ? 0 : Math.Round(231 + Noise(4), 1),
            InputFrequency = onBattery ? null : Math.Round(50 + Noise(0.1), 1),
            OutputVoltage = Math.Round(230 + Noise(2), 1),
            LoadPercent = Math.Round(load, 1),
            RealPower = Math.Round(load * 9),
            Variables = ImmutableSortedDictionary<string, string>.Empty,
        };
    }

    private double Noise(double width)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return ((_state % 2000 / 1000.0) - 1) * width;
    }
}
