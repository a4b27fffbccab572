using Microsoft.JSInterop;
using MudBlazor;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>What the buttons of the editor do.</summary>
public sealed partial class PlanEditor
{
    private async Task SaveAsync(bool armed)
    {
        if (armed && _saved is not { Armed: true } && !await SureToArmAsync())
            return;
        PlanEntry? stored = null;
        var done = await _attempt.RunAsync(async () => stored = await StoreAsync(armed));
        if (done && stored is not null)
            await StoredAsync(stored);
        else if (_saved is not null)
            TakeStored(Queries.Find(_saved.Id));
    }

    private Task<PlanEntry> StoreAsync(bool armed)
    {
        if (_saved is null)
            return Commands.CreateAsync(Actor, _edit.Plan, armed, CancellationToken.None);
        return _edit.Draft.IsChanged
            ? Commands.UpdateAsync(Actor, _saved.Id, _edit.Plan, armed, _saved.Revision, CancellationToken.None)
            : Commands.ArmAsync(Actor, _saved.Id, armed, CancellationToken.None);
    }

    private async Task StoredAsync(PlanEntry stored)
    {
        var isNew = _saved is null;
        _imported = false;
        (_saved, _stale, _theirs) = (stored, false, null);
        _edit.Draft.Stored(stored.Definition);
        if (isNew)
            FollowStored(stored.Id);
        Refresh();
        Snackbar.Add(
            stored.Armed ? L["Saved. The plan is armed."] : L["Saved. The plan is not armed."],
            Severity.Success
        );
        await OnSaved.InvokeAsync(stored.Id);
    }

    private Task<bool> SureToArmAsync()
    {
        var hosts = _edit.Plan.Phases.SelectMany(p => p.Steps).Count(s => s.Target.HostId is not null);
        var others = _edit.Plan.Phases.Sum(p => p.Steps.Length) - hosts;
        var text = L[
            "From now on it acts by itself: at a power failure it carries out {0} steps on hosts and {1} on guests.",
            hosts,
            others
        ];
        var failing = _edit.Plan.UpsIds.Any(id => _edit.World.Ups(id)?.Reading?.OnBattery == true);
        return ConfirmDialog.AskAsync(
            Dialogs,
            L["Arm this plan?"],
            failing ? $"{L["Power is failing right now: it may act at once."]} {text}" : text,
            L["Arm"]
        );
    }

    private async Task DisarmAsync()
    {
        if (_saved is not { } plan)
            return;
        var sure = await ConfirmDialog.AskAsync(
            Dialogs,
            L["Disarm this plan?"],
            L["It does nothing at a power failure until it is armed again. A run that has begun goes on."],
            L["Disarm"]
        );
        if (
            sure
            && await _attempt.RunAsync(async () =>
                _saved = await Commands.ArmAsync(Actor, plan.Id, false, CancellationToken.None)
            )
        )
            Refresh();
    }

    private async Task DiscardAsync()
    {
        var sure = await ConfirmDialog.AskAsync(
            Dialogs,
            L["Discard your changes?"],
            _saved is null ? L["The new plan is not kept."] : L["The plan goes back to how it is stored."],
            L["Discard"]
        );
        if (!sure)
            return;
        _attempt.Forget();
        _edit.CloseAll();
        if (_saved is not null)
            _edit.Draft.Change(_saved.Definition);
        else
            (_edit.Draft, _begun) = (new PlanDraft(new PlanDefinition()), false);
        Refresh();
    }

    private async Task DeleteAsync()
    {
        if (_saved is not { } plan)
            return;
        var sure = await ConfirmDialog.AskAsync(
            Dialogs,
            L["Delete “{0}”?", plan.Definition.Name],
            plan.Armed
                ? L[
                    "It is armed: afterwards nothing is shut down for its targets at a power failure. Its past runs are kept."
                ]
                : L["Its past runs are kept."],
            L["Delete"],
            plan.Armed ? plan.Definition.Name : null
        );
        if (!sure)
            return;
        _leaving = await _attempt.RunAsync(() => Commands.DeleteAsync(Actor, plan.Id, CancellationToken.None));
        if (_leaving)
            await OnDeleted.InvokeAsync();
    }

    private async Task ExportAsync() =>
        await Js.InvokeVoidAsync(
            "vmpm.download",
            Gone,
            $"{FileName(_edit.Plan.Name)}.json",
            "application/json",
            Queries.Export(_edit.Plan)
        );

    private static string FileName(string name) =>
        string.IsNullOrWhiteSpace(name)
            ? "plan"
            : string.Concat(name.Trim().Select(c => char.IsLetterOrDigit(c) ? c : '-'));

    /// <summary>Into the draft; stored disarmed, whatever the plan that it replaces was (F1).</summary>
    private void Import(string text)
    {
        var imported = Queries.Import(text);
        (_importing, _imported) = (false, true);
        _missing = imported.Missing;
        if (_begun)
            _edit.Draft.Change(imported.Plan);
        else
            Begin(imported.Plan);
        _edit.CloseAll();
        Refresh();
    }
}
