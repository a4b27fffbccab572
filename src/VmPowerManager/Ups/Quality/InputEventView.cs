using System.Globalization;
using CsvHelper;

namespace VmPowerManager.Ups.Quality;

/// <summary>A disturbance as the API answers it.</summary>
/// <param name="EndedAt">Null while it lasts.</param>
/// <param name="Extreme">The value that was farthest off.</param>
/// <param name="Unit"><c>V</c> or <c>Hz</c>.</param>
/// <param name="EndUnknown">Readings stopped before it ended.</param>
public sealed record InputEventView(
    InputEventKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double DurationSeconds,
    double? Extreme,
    double? Nominal,
    string Unit,
    double? PercentOfNominal,
    string? Reason,
    bool EndUnknown
)
{
    /// <param name="now">What lasts has lasted until then.</param>
    internal static InputEventView Of(InputEvent what, DateTimeOffset now) =>
        new(
            what.Kind,
            what.Begin,
            what.End,
            what.End is null
                ? Math.Round(Math.Max(0, (now - what.Begin).TotalSeconds), 1)
                : Math.Round(what.Seconds, 1),
            what.Extreme,
            what.Nominal is { } nominal ? Math.Round(nominal, 1) : null,
            what.Kind == InputEventKind.Frequency ? "Hz" : "V",
            what is { Extreme: { } value, Nominal: { } should and > 0 } ? Math.Round(value / should * 100, 1) : null,
            what.Reason,
            what.Cut
        );
}

/// <summary>The power-quality log as CSV. Cells that a spreadsheet would run as a formula are escaped.</summary>
internal static class QualityCsv
{
    private static readonly CsvWriterOptions Options = new()
    {
        Injection = CsvInjection.Escape,
        NewLine = "\r\n",
        FormatProvider = CultureInfo.InvariantCulture,
    };

    private static readonly string[] Headings =
    [
        "kind",
        "startedAt",
        "endedAt",
        "durationSeconds",
        "extreme",
        "nominal",
        "unit",
        "percentOfNominal",
        "reason",
        "endUnknown",
    ];

    public static async Task WriteAsync(Stream to, IEnumerable<InputEventView> events, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(to, Options, leaveOpen: true);
        foreach (var heading in Headings)
            csv.WriteField(heading);
        await csv.EndRecordAsync(ct);
        foreach (var e in events)
        {
            csv.WriteField(e.Kind.ToString().ToLowerInvariant());
            csv.WriteField(Text(e.StartedAt));
            csv.WriteField(Text(e.EndedAt));
            csv.WriteField(e.DurationSeconds);
            csv.WriteField(e.Extreme);
            csv.WriteField(e.Nominal);
            csv.WriteField(e.Unit);
            csv.WriteField(e.PercentOfNominal);
            csv.WriteField(e.Reason);
            csv.WriteField(e.EndUnknown ? "true" : "false");
            await csv.EndRecordAsync(ct);
        }
        await csv.FlushAsync(ct);
    }

    private static string? Text(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
