using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.History;

/// <summary>Least, mean and most of a value within a bucket.</summary>
public sealed record HistoryValue(double Min, double Mean, double Max);

/// <summary>What was read in one bucket.</summary>
/// <param name="At">Begin of the bucket.</param>
/// <param name="OnBatteryShare">0-1.</param>
/// <param name="Values">By the API's name; a value without readings is absent.</param>
public sealed record HistoryPoint(
    DateTimeOffset At,
    double OnBatteryShare,
    IReadOnlyDictionary<string, HistoryValue> Values
);

/// <summary>An answer of <see cref="HistoryQueries"/>.</summary>
/// <param name="Source"><c>raw</c>, <c>1m</c>, <c>15m</c>, <c>1h</c> or <c>6h</c>.</param>
public sealed record HistorySeries(
    DateTimeOffset From,
    DateTimeOffset To,
    double BucketSeconds,
    string Source,
    IReadOnlyList<HistoryPoint> Items
);

/// <summary>Reads history, decimated to what a chart can show.</summary>
internal sealed class HistoryQueries(HistoryDb database, TimeProvider time)
{
    /// <summary>At most <paramref name="points"/> buckets; empty ones are left out. Blocks for some milliseconds.</summary>
    public HistorySeries Read(int upsId, DateTimeOffset from, DateTimeOffset to, int points)
    {
        var (start, end) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        var bucket = Math.Max(1000, (end - start + points - 1) / points);
        var step = HistorySteps.For(start, end, bucket, time.GetUtcNow().ToUnixTimeMilliseconds());
        // Whole rows fall into whole buckets, so that no bucket is emptier than its neighbours.
        if (step != HistorySteps.Raw)
        {
            bucket = (Math.Max(bucket, step) + step - 1) / step * step;
            start -= start % step;
            // The row that the span begins in is not worth a bucket too many.
            if (end - start > points * bucket)
                start += step;
        }
        using var connection = database.OpenForReading();
        var items = connection is null ? [] : Read(connection, upsId, start, end, bucket, step);
        return new HistorySeries(from, to, bucket / 1000.0, Name(step), items);
    }

    private static List<HistoryPoint> Read(
        SqliteConnection connection,
        int upsId,
        long from,
        long to,
        long bucket,
        long step
    )
    {
        using var command = connection.CreateCommand();
        command.CommandText = step == HistorySteps.Raw ? HistorySql.SelectSamples : HistorySql.SelectRollup;
        command.Parameters.AddWithValue("@ups", upsId);
        command.Parameters.AddWithValue("@from", from);
        command.Parameters.AddWithValue("@to", to);
        command.Parameters.AddWithValue("@bucket", bucket);
        if (step != HistorySteps.Raw)
            command.Parameters.AddWithValue("@step", step);
        using var reader = command.ExecuteReader();
        var items = new List<HistoryPoint>();
        while (reader.Read())
            items.Add(
                new HistoryPoint(
                    DateTimeOffset.FromUnixTimeMilliseconds(from + (reader.GetInt64(0) * bucket)),
                    Math.Round(reader.GetDouble(1), 3),
                    Values(reader)
                )
            );
        return items;
    }

    private static Dictionary<string, HistoryValue> Values(SqliteDataReader reader)
    {
        var values = new Dictionary<string, HistoryValue>(HistoryMetric.All.Length);
        for (var i = 0; i < HistoryMetric.All.Length; i++)
        {
            var column = 2 + (i * 3);
            if (!reader.IsDBNull(column + 1))
                values[HistoryMetric.All[i].Name] = new HistoryValue(
                    reader.GetDouble(column),
                    Math.Round(reader.GetDouble(column + 1), 3),
                    reader.GetDouble(column + 2)
                );
        }
        return values;
    }

    private static string Name(long step) =>
        step switch
        {
            HistorySteps.Raw => "raw",
            HistorySteps.Minute => "1m",
            HistorySteps.Quarter => "15m",
            HistorySteps.Hour => "1h",
            _ => "6h",
        };
}

/// <summary>The API's shape: a key for every metric in every item, null where nothing was read.</summary>
internal static class HistoryJson
{
    public static JsonObject Of(HistorySeries series) =>
        new()
        {
            ["from"] = JsonSerializer.SerializeToNode(series.From, Json.Options),
            ["to"] = JsonSerializer.SerializeToNode(series.To, Json.Options),
            ["bucketSeconds"] = series.BucketSeconds,
            ["source"] = series.Source,
            ["items"] = new JsonArray([.. series.Items.Select(Item)]),
        };

    private static JsonObject Item(HistoryPoint point)
    {
        var item = new JsonObject
        {
            ["at"] = JsonSerializer.SerializeToNode(point.At, Json.Options),
            ["onBatteryShare"] = point.OnBatteryShare,
        };
        foreach (var metric in HistoryMetric.All)
            item[metric.Name] = JsonSerializer.SerializeToNode(
                point.Values.GetValueOrDefault(metric.Name),
                Json.Options
            );
        return item;
    }
}
