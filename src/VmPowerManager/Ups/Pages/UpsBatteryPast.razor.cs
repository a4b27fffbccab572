using System.Data.Common;
using Microsoft.AspNetCore.Components;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Ups.Pages;

/// <summary>Reads the tests anew when the newest is another one.</summary>
public partial class UpsBatteryPast : LiveComponent
{
    private const int AtOnce = 25;

    private List<SelfTest>? _tests;
    private SelfTest? _newest;
    private string? _next;
    private bool _away;
    private bool _reading;

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    /// <summary>Null until it is known.</summary>
    [Parameter]
    public BatteryHealth? Health { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_tests is not null && _newest == Health?.LastTest)
            return;
        _newest = Health?.LastTest;
        await ReadAsync(null);
    }

    private Task OlderAsync() => ReadAsync(_next);

    private async Task ReadAsync(string? cursor)
    {
        if (_reading)
            return;
        _reading = true;
        try
        {
            var page = await Queries.TestsAsync(UpsId, cursor, AtOnce, Gone);
            _tests = cursor is null ? [.. page.Items] : [.. _tests ?? [], .. page.Items];
            (_next, _away) = (page.NextCursor, false);
        }
        catch (DbException)
        {
            (_tests, _away) = (_tests ?? [], true);
        }
        catch (NotFoundException)
        {
            // The page says so.
            _tests ??= [];
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested) { }
        finally
        {
            _reading = false;
        }
    }
}
