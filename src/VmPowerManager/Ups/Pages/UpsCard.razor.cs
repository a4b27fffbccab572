using System.Data.Common;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>Follows one UPS by itself; its sparkline is read anew every 30 s.</summary>
public partial class UpsCard : LiveComponent
{
    private static readonly TimeSpan TracePause = TimeSpan.FromSeconds(30);
    private const int TracePoints = 60;

    private UpsStreamView? _ups;
    private Trace? _trace;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    private Condition Condition => _ups is null ? Condition.Unknown : UpsCondition.Of(_ups);

    protected override void OnInitialized()
    {
        Watch(Screens.All, all => all.GetValueOrDefault(UpsId), ups => _ups = ups);
        _ = FollowHistoryAsync();
    }

    private async Task FollowHistoryAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(TracePause, Time);
            do
            {
                _trace = await ReadTraceAsync();
                await InvokeAsync(StateHasChanged);
            } while (await timer.WaitForNextTickAsync(Gone));
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    /// <summary>Null where there is no history to show; a database that is away costs the card its line only.</summary>
    private async Task<Trace?> ReadTraceAsync()
    {
        try
        {
            var now = Time.GetUtcNow();
            return Trace.Of(await Queries.HistoryAsync(UpsId, now.AddHours(-1), now, TracePoints, Gone));
        }
        catch (Exception e) when (e is RefusalException or DbException)
        {
            return null;
        }
    }

    /// <summary>The charge where it moved, else the load, which always does.</summary>
    private sealed record Trace(
        string Label,
        IReadOnlyList<(double At, double? Value)> Points,
        IReadOnlyList<(double From, double To)> Bands
    )
    {
        public static Trace? Of(HistorySeries series)
        {
            var bands = UpsTrace.OnBattery(series);
            var charge = UpsTrace.Means(series, "batteryChargePercent");
            var load = UpsTrace.Means(series, "loadPercent");
            var known = charge.Where(p => p.Value is not null).Select(p => p.Value).ToList();
            var moved = bands.Count > 0 || (known.Count > 0 && known.Max() - known.Min() >= 1);
            if (moved && known.Count > 1)
                return new Trace("Charge, last hour", charge, bands);
            return load.Count(p => p.Value is not null) > 1 ? new Trace("Load, last hour", load, bands) : null;
        }
    }
}
