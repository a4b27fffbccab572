using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups.Pages;

/// <summary>A span that a list looks back over.</summary>
/// <param name="Name">A key of the localised strings.</param>
/// <param name="Length">Null: all that is kept.</param>
public sealed record UpsSpan(string Name, TimeSpan? Length)
{
    public static readonly IReadOnlyList<UpsSpan> All =
    [
        new("7 d", TimeSpan.FromDays(7)),
        new("30 d", TimeSpan.FromDays(30)),
        new("1 y", TimeSpan.FromDays(365)),
        new("All", null),
    ];
}

/// <summary>Read anew every 30 s, as long as nobody has asked for older ones.</summary>
public partial class UpsMains : LiveComponent
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private UpsSpan _span = UpsSpan.All[1];
    private InputEventKind? _kind;
    private List<InputEventView>? _events;
    private IReadOnlyList<QualityCount> _counts = [];
    private string? _next;
    private bool _away;
    private bool _reading;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    private IEnumerable<QualityCount> Counts =>
        _counts.Where(c => _kind is null || c.Kind == _kind).OrderBy(c => QualityWords.Order.IndexOf(c.Kind));

    private QualityFilter Filter =>
        new()
        {
            From = _span.Length is { } length ? Time.GetUtcNow() - length : null,
            Kinds = _kind is { } kind ? [kind] : [],
        };

    /// <summary>The same choice as a file.</summary>
    private string CsvHref
    {
        get
        {
            var from = Filter.From?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
            var kind = _kind?.ToString().ToLowerInvariant();
            return $"ups/{UpsId}/power-quality.csv?from={from}&kind={kind}";
        }
    }

    protected override async Task OnInitializedAsync()
    {
        await ReadAsync(null);
        _ = FollowAsync();
    }

    private async Task FollowAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Pause, Time);
            while (await timer.WaitForNextTickAsync(Gone))
            {
                if (_events is not { Count: > AtOnce })
                    await InvokeAsync(() => ReadAsync(null));
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task ChooseAsync(UpsSpan span, InputEventKind? kind)
    {
        (_span, _kind, _events, _next) = (span, kind, null, null);
        await ReadAsync(null);
    }

    private Task OlderAsync() => ReadAsync(_next);

    private async Task ReadAsync(string? cursor)
    {
        var (filter, choice) = (Filter, (_span, _kind));
        _reading = true;
        try
        {
            var page = await Queries.QualityAsync(UpsId, filter, cursor, AtOnce, Gone);
            var counts = await Queries.QualityCountsAsync(UpsId, filter, Gone);
            if (choice != (_span, _kind))
                return;
            _events = cursor is null ? [.. page.Items] : [.. _events ?? [], .. page.Items];
            (_counts, _next, _away) = (counts, page.NextCursor, false);
        }
        catch (DbException)
        {
            (_events, _away) = (_events ?? [], true);
        }
        catch (NotFoundException)
        {
            // The page says so.
            _events ??= [];
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        finally
        {
            _reading = false;
        }
    }
}
