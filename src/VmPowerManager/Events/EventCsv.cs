using System.Globalization;
using CsvHelper;

namespace VmPowerManager.Events;

/// <summary>Events as CSV, newest first. Cells that a spreadsheet would run as a formula are escaped.</summary>
internal static class EventCsv
{
    private static readonly CsvWriterOptions Options = new()
    {
        Injection = CsvInjection.Escape,
        NewLine = "\r\n",
        FormatProvider = CultureInfo.InvariantCulture,
    };

    public static async Task WriteAsync(Stream to, IAsyncEnumerable<EventEntry> events, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(to, Options, leaveOpen: true);
        foreach (var heading in new[] { "sequence", "at", "severity", "type", "source", "message", "actor", "data" })
            csv.WriteField(heading);
        await csv.EndRecordAsync(ct);
        await foreach (var e in events.WithCancellation(ct))
        {
            csv.WriteField(e.Sequence);
            csv.WriteField(e.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            csv.WriteField(e.Severity.ToString().ToLowerInvariant());
            csv.WriteField(e.Type);
            csv.WriteField(e.Source);
            csv.WriteField(e.Message);
            csv.WriteField(e.Actor);
            csv.WriteField(e.Data?.GetRawText());
            await csv.EndRecordAsync(ct);
        }
        await csv.FlushAsync(ct);
    }
}
