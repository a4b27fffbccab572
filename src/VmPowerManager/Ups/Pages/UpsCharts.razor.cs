using System.Data.Common;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>Reads history anew while it is looked at, the more seldom the longer the span.</summary>
public partial class UpsCharts : LiveComponent
{
    private const int Points = 300;

    private Attempt _reading = new();
    private UpsRange _range = UpsRange.All[2];
    private HistorySeries? _series;
    private IReadOnlyList<UpsChartView> _charts = [];
    private IReadOnlyList<string> _absent = [];
    private IReadOnlyList<(double From, double To)> _bands = [];
    private bool _away;

    /// <summary>A person, or a first look at how much there is, has settled the span.</summary>
    private bool _settled;
    private CancellationTokenSource? _choice;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    protected override void OnInitialized() => Follow(_range);

    protected override void Dispose(bool disposing)
    {
        _choice?.Dispose();
        base.Dispose(disposing);
    }

    private async Task ChooseAsync(UpsRange range)
    {
        _settled = true;
        if (range == _range)
            return;
        if (_choice is not null)
            await _choice.CancelAsync();
        // Of its own: one that still runs for the span before would swallow the first read of this one.
        (_range, _series, _reading) = (range, null, new Attempt());
        Follow(range);
    }

    private void Follow(UpsRange range)
    {
        _choice?.Dispose();
        _choice = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        _ = FollowAsync(range, _choice.Token);
    }

    /// <summary>A UPS that was added within the hour would show dots at the edge of a day.</summary>
    private bool IsYoung() =>
        !_settled && _series is { Items: [var first, ..] } series && first.At >= series.To - UpsRange.All[0].Length;

    private async Task FollowAsync(UpsRange range, CancellationToken ct)
    {
        try
        {
            using var timer = new PeriodicTimer(range.Pause, Time);
            do
            {
                await ReadAsync(range, ct);
                if (IsYoung())
                {
                    await InvokeAsync(() => ChooseAsync(UpsRange.All[0]));
                    return;
                }
                _settled |= _series is not null;
                await InvokeAsync(StateHasChanged);
            } while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private async Task ReadAsync(UpsRange range, CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        HistorySeries? series = null;
        try
        {
            await _reading.RunAsync(async () =>
                series = await Queries.HistoryAsync(UpsId, now - range.Length, now, Points, ct)
            );
            _away = false;
        }
        catch (DbException)
        {
            _away = true;
        }
        if (series is null || ct.IsCancellationRequested)
            return;
        _series = series;
        (_charts, _absent) = UpsChartSet.Of(series);
        _bands = UpsTrace.OnBattery(series);
    }
}
