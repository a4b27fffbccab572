using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using VmPowerManager.Accounts;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Pages;

/// <summary>Lays what may be set over what was read.</summary>
public partial class UpsVariables : LiveComponent
{
    private readonly Attempt _loading = new();

    /// <summary>What was set here, until the next complete reading says something new.</summary>
    private readonly Dictionary<string, (string Before, string After)> _set = [];
    private ImmutableDictionary<string, UpsWritable> _writable = ImmutableDictionary<string, UpsWritable>.Empty;
    private string? _search;

    [Parameter, EditorRequired]
    public UpsReadingView? Reading { get; set; }

    [Parameter, EditorRequired]
    public int UpsId { get; set; }

    /// <summary>The name of the UPS.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>Whether the device is there to be asked.</summary>
    [Parameter]
    public bool Enabled { get; set; } = true;

    protected override Task OnInitializedAsync() =>
        Enabled && Access.Allows(Actor, Role.Administrator) ? LoadAsync() : Task.CompletedTask;

    private Task<bool> LoadAsync() =>
        _loading.RunAsync(async () =>
            _writable = (await Queries.WritableAsync(UpsId, Gone))
                .DistinctBy(v => v.Name)
                .ToImmutableDictionary(v => v.Name, StringComparer.Ordinal)
        );

    /// <summary>By name. What may be set but is empty now is not part of a reading, and must be there to be set.</summary>
    private IReadOnlyList<UpsVariable> Rows()
    {
        if (Reading is not { } reading)
            return [];
        var read = UpsVariable.Of(reading);
        var names = read.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        var others = _writable.Values.Where(v => !names.Contains(v.Name)).Select(v => new UpsVariable(v.Name, v.Value));
        return [.. read.Concat(others).Select(Newest).OrderBy(v => v.Name, StringComparer.Ordinal)];
    }

    private UpsVariable Newest(UpsVariable variable) =>
        _set.TryGetValue(variable.Name, out var set) && set.Before == variable.Value
            ? variable with
            {
                Value = set.After,
            }
            : variable;

    private async Task ChangeAsync(UpsWritable variable)
    {
        if (await UpsVariableDialog.ShowAsync(Dialogs, UpsId, Name, variable) is not { } change)
            return;
        var shown = Rows().FirstOrDefault(v => v.Name == variable.Name)?.Value ?? variable.Value;
        _set[variable.Name] = (shown, change.Value);
        _writable = _writable.SetItem(variable.Name, variable with { Value = change.Value });
        var text =
            change.Outcome == UpsCommandOutcome.Done
                ? L["{0} has set {1}.", Name, variable.Name]
                : L["{0} accepted {1}.", Name, variable.Name];
        Snackbar.Add(text, Severity.Success);
    }
}
