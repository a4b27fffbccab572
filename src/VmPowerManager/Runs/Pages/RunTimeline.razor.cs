using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs.Pages;

/// <summary>A run as it goes: renders what changes; what ticks and grows, the browser draws.</summary>
public sealed partial class RunTimeline : LiveComponent
{
    private const int Many = 60;

    /// <summary>The axis of a run that goes on may have become too short.</summary>
    private static readonly TimeSpan AxisPause = TimeSpan.FromSeconds(5);

    private RunRecord? _record;
    private RunChart _chart = new(1, []);
    private string? _missing;

    [Parameter, EditorRequired]
    public int RunId { get; set; }

    [Inject]
    private RunBook Runs { get; set; } = default!; // injected

    [Inject]
    private RunQueries Queries { get; set; } = default!; // injected

    private string Border =>
        _record?.State switch
        {
            { Status: RunStatus.Failed } => "vm-critical",
            { Status: RunStatus.Running, Kind: RunKind.Shutdown } => "vm-critical",
            { Status: RunStatus.Held or RunStatus.Cancelled } => "vm-attention",
            _ => "",
        };

    protected override async Task OnInitializedAsync()
    {
        var pause = Runs.Find(RunId)?.State.Steps.Length > Many ? ListPause : CardPause;
        Watch(Runs.All, all => all.GetValueOrDefault(RunId), Show, pause);
        _ = KeepAxisAsync();
        if (_record is not null)
            return;
        try
        {
            Show(await Queries.RecordAsync(RunId, Gone));
        }
        catch (RefusalException e)
        {
            _missing = L.Say(e.Text);
        }
    }

    private void Show(RunRecord? record)
    {
        // Old runs leave memory while somebody reads them.
        if (record is null)
            return;
        (_record, _missing) = (record, null);
        _chart = RunChart.Of(record.State, Time.GetUtcNow());
    }

    private async Task KeepAxisAsync()
    {
        using var timer = new PeriodicTimer(AxisPause, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(Gone))
                await InvokeAsync(Redraw);
        }
        catch (OperationCanceledException) { }
        catch (ObjectDisposedException) { }
    }

    private void Redraw()
    {
        if (_record is not { State: { EndedAt: null } run })
            return;
        var chart = RunChart.Of(run, Time.GetUtcNow());
        if (chart.Seconds <= _chart.Seconds)
            return;
        _chart = chart;
        StateHasChanged();
    }

    private string WaitsFor(RunSection section) =>
        _record?.State.Model.Definition.Phases.FirstOrDefault(p => p.Id == section.Id) is { } phase
            ? RunWords.Trigger(L, phase.Trigger)
            : "";
}
