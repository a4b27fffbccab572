using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events.Pages;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>Read anew every minute.</summary>
public partial class UpsEnergy : LiveComponent
{
    private const int Days = 30;
    private const int Months = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private IReadOnlyList<EnergySpan>? _days;
    private IReadOnlyList<EnergySpan>? _months;
    private bool _byMonth;
    private bool _away;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    /// <summary>For the rated power.</summary>
    [Parameter]
    public UpsReadingView? Reading { get; set; }

    /// <summary>Energy will be known as soon as a minute of it is.</summary>
    private bool IsCounting => Reading is { RealPower: not null, Comm: Comm.Ok };

    private IReadOnlyList<EnergySpan> Shown => (_byMonth ? _months : _days) ?? [];

    private string Source
    {
        get
        {
            var (measured, derived) = (Shown.Sum(s => s.MeasuredSeconds), Shown.Sum(s => s.DerivedSeconds));
            var rated = Reading?.Variables.GetValueOrDefault("ups.realpower.nominal");
            return (measured > 0, derived > 0) switch
            {
                (true, false) => L["Measured by the UPS."],
                (false, true) when rated is not null => L["Not measured: load times the rated power of {0} W.", rated],
                (false, true) => L["Not measured: load times the rated power."],
                (true, true) => L["Measured by the UPS in part; else load times the rated power."],
                _ => "",
            };
        }
    }

    /// <summary>Of the time from the first to the last span with something in it.</summary>
    private string Known
    {
        get
        {
            var now = Time.GetUtcNow();
            var spans = Shown.SkipWhile(s => s.WattHours is null).ToList();
            var all = spans.Sum(s => ((s.To < now ? s.To : now) - s.From).TotalSeconds);
            var known = spans.Sum(s => s.MeasuredSeconds + s.DerivedSeconds);
            if (known > 0 && known / all < 0.01)
                return L["Known for {0} since {1}; the rest counts nothing.", Durations.Words(known), Label(spans[0])];
            return all <= 0 || known / all > 0.995
                ? ""
                : L[
                    "Known for {0} % of the time since {1}; the rest counts nothing.",
                    Math.Floor(known / all * 100),
                    Label(spans[0])
                ];
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        try
        {
            await using (var script = await Js.InvokeAsync<IJSObjectReference>("import", Gone, "./events.js"))
            {
                if (script is not null)
                    _zone = EventChoice.Zone(await script.InvokeAsync<string>("zone", Gone));
            }
            using var timer = new PeriodicTimer(Pause, Time);
            do
            {
                await ReadAsync();
                StateHasChanged();
            } while (await timer.WaitForNextTickAsync(Gone));
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        catch (JSDisconnectedException) { }
    }

    private async Task ReadAsync()
    {
        try
        {
            var now = Time.GetUtcNow();
            _days = await Queries.EnergyAsync(UpsId, now.AddDays(1 - Days), now, EnergyPer.Day, _zone, Gone);
            _months = await Queries.EnergyAsync(UpsId, now.AddMonths(1 - Months), now, EnergyPer.Month, _zone, Gone);
            _away = false;
        }
        catch (DbException)
        {
            _away = true;
        }
        catch (NotFoundException)
        {
            // The page says so.
        }
    }

    private static RenderFragment Text(double? wattHours) =>
        builder =>
        {
            builder.OpenComponent<Quantity>(0);
            builder.AddAttribute(1, nameof(Quantity.Value), wattHours / 1000);
            builder.AddAttribute(2, nameof(Quantity.Unit), "kWh");
            builder.AddAttribute(3, nameof(Quantity.Format), Format(wattHours));
            builder.CloseComponent();
        };

    private string Plain(double? wattHours) =>
        wattHours is { } known
            ? $"{(known / 1000).ToString(Format(known), CultureInfo.CurrentCulture)} kWh"
            : L["unknown"];

    /// <summary>Three figures that mean something.</summary>
    private static string Format(double? wattHours) =>
        wattHours >= 100_000 ? "0"
        : wattHours >= 10_000 ? "0.0"
        : "0.00";

    private string Height(EnergySpan span)
    {
        var most = Shown.Max(s => s.WattHours) ?? 0;
        var share = most > 0 ? (span.WattHours ?? 0) / most * 100 : 0;
        return share.ToString("0.#", CultureInfo.InvariantCulture);
    }

    private string Label(EnergySpan span) =>
        Local(span).ToString(_byMonth ? "MMMM yyyy" : "d", CultureInfo.CurrentCulture);

    private string Short(EnergySpan span) => Local(span).ToString(_byMonth ? "MMM" : "%d", CultureInfo.CurrentCulture);

    /// <summary>The middle: a day that begins an hour late is still that day.</summary>
    private DateTimeOffset Local(EnergySpan span) =>
        TimeZoneInfo.ConvertTime(span.From + ((span.To - span.From) / 2), _zone);
}
