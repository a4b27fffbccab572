using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using MudBlazor;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;

namespace VmPowerManager.Plans.Pages;

public sealed partial class PlanEditor
{
    private readonly Attempt _attempt = new();
    private PlanEditing _edit = null!; // OnInitialized
    private IReadOnlyList<string> _missing = [];
    private PlanEntry? _saved;
    private PlanEntry? _theirs;
    private bool _stale;
    private bool _notFound;
    private bool _begun;
    private bool _importing;
    private bool _imported;
    private bool _leaving;
    private string? _jump;

    /// <summary>The plan to edit; null: a new one.</summary>
    [Parameter]
    public int? PlanId { get; set; }

    /// <summary>A plan whose copy a new one begins with.</summary>
    [Parameter]
    public int? CopyOf { get; set; }

    /// <summary>A new plan begins with the suggestion at once.</summary>
    [Parameter]
    public bool Suggested { get; set; }

    /// <summary>With the plan's id, after it was stored.</summary>
    [Parameter]
    public EventCallback<int> OnSaved { get; set; }

    [Parameter]
    public EventCallback OnDeleted { get; set; }

    [Inject]
    private PlanQueries Queries { get; set; } = null!; // [Inject]

    [Inject]
    private PlanCommands Commands { get; set; } = null!; // [Inject]

    [Inject]
    private PlanDirectory Directory { get; set; } = null!; // [Inject]

    [Inject]
    private UpsScreens Upses { get; set; } = null!; // [Inject]

    [Inject]
    private HostMonitor Hosts { get; set; } = null!; // [Inject]

    [Inject]
    private IDialogService Dialogs { get; set; } = null!; // [Inject]

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!; // [Inject]

    [Inject]
    private IJSRuntime Js { get; set; } = null!; // [Inject]

    private bool Dirty => !_leaving && !_edit.ReadOnly && _edit.Draft.IsChanged;

    protected override void OnInitialized()
    {
        _edit = new PlanEditing(new PlanWords(L), Refresh, SayUndoable, id => _jump = id)
        {
            ReadOnly = !Access.Allows(Actor, Role.Administrator),
        };
        _saved = PlanId is { } id ? Queries.Find(id) : null;
        _notFound = PlanId is not null && _saved is null;
        if (_saved is not null)
            Begin(new PlanDraft(_saved.Definition));
        else if (CopyOf is { } from && Queries.Find(from) is { } model)
            Begin(model.Definition with { Name = L["{0} (copy)", model.Definition.Name] });
        else if (Suggested)
            Suggest();
        Watch(Upses.All, all => EditorWorld.Signature(all.Values), _ => Look(), ListPause);
        Watch(Hosts.Screens, all => EditorWorld.Signature(all.Hosts.Values), _ => Look(), ListPause);
        if (_saved is not null)
            FollowStored(_saved.Id);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_jump is not { } id)
            return;
        _jump = null;
        await Js.InvokeVoidAsync("vmpm.jump", Gone, id);
    }

    private void Begin(PlanDefinition plan)
    {
        Begin(new PlanDraft(new PlanDefinition()));
        _edit.Draft.Change(plan);
    }

    private void Begin(PlanDraft draft) => (_edit.Draft, _begun) = (draft, true);

    private void Suggest()
    {
        Begin(
            Queries.Suggest(
                new SuggestedNames(
                    L["Power failure"],
                    L["Virtual machines"],
                    L["Hosts"],
                    L["Storage"],
                    L["Network"],
                    L["This program's host"]
                )
            )
        );
        Refresh();
    }

    private void Empty()
    {
        Begin(new PlanDefinition { UpsIds = [.. _edit.World.Upses.Where(u => u.Enabled).Select(u => u.Id)] });
        AddPhase();
    }

    private void AddPhase()
    {
        var name = L["Phase {0}", _edit.Plan.Phases.Length + 1];
        _edit.OpenNew(_edit.Draft.AddPhase(name, new TriggerDefinition { OnBatteryForSeconds = 300 }));
    }

    /// <summary>UPSes, hosts or guests changed: names, states, and so perhaps what is wrong.</summary>
    private void Look()
    {
        _edit.World = new EditorWorld(Upses.All.Value.Values, Hosts.Screens.Value.Hosts.Values);
        Refresh();
    }

    private void Refresh()
    {
        _edit.Findings = _begun ? Queries.Findings(_saved?.Id ?? 0, _edit.Plan) : [];
        StateHasChanged();
    }

    private void FollowStored(int id) => Watch(Directory.All, all => all.GetValueOrDefault(id), TakeStored);

    /// <summary>The plan as stored changed: by us, which we know by its revision, or by somebody else.</summary>
    private void TakeStored(PlanEntry? stored)
    {
        if (_attempt.Running || _saved is null || _leaving)
            return;
        if (stored?.Revision == _saved.Revision)
            _saved = stored;
        else if (stored is not null && !_edit.Draft.IsChanged)
            Load(stored);
        else
            (_stale, _theirs) = (true, stored);
        if (stored is null)
            _saved = null;
        Refresh();
    }

    private void Load(PlanEntry stored)
    {
        (_saved, _stale, _theirs) = (stored, false, null);
        _edit.CloseAll();
        _edit.Draft = new PlanDraft(stored.Definition);
    }

    private void TakeTheirs()
    {
        if (_theirs is not null)
            Load(_theirs);
        _attempt.Forget();
        Refresh();
    }

    private void KeepMine()
    {
        (_saved, _stale, _theirs) = (_theirs, false, null);
        if (_saved is not null)
            _edit.Draft.Stored(_saved.Definition);
        _attempt.Forget();
        Refresh();
    }

    private async Task LeaveAsync(LocationChangingContext context)
    {
        if (!Dirty)
            return;
        var sure = await ConfirmDialog.AskAsync(
            Dialogs,
            L["Leave without saving?"],
            L["Your changes to this plan are not saved."],
            L["Leave"]
        );
        if (!sure)
            context.PreventNavigation();
    }

    /// <summary>Something was taken away; one click brings it back.</summary>
    private void SayUndoable(string text) =>
        Snackbar.Add(
            text,
            Severity.Normal,
            options =>
            {
                options.Action = L["Undo"];
                options.OnClick = _ => InvokeAsync(() => _edit.Change(d => d.Undo()));
            }
        );
}
