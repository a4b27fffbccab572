using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs.Pages;

/// <summary>One way to stop a run, and what it will do to this one as it stands.</summary>
public sealed record CancelChoice(CancelMode Mode, string Title, string Effect);

/// <summary>What stopping a run can mean (POLICY F4). Pure but for the language.</summary>
public static class CancelChoices
{
    public static IReadOnlyList<CancelChoice> Of(IStringLocalizer<Strings> l, RunState run)
    {
        var at = RunProgress.Of(run);
        var left = run.Steps.Count(s => s.Status == StepStatus.Pending);
        return run.Kind switch
        {
            RunKind.Rehearsal =>
            [
                new(
                    CancelMode.Hold,
                    l["Stop the checks"],
                    l[
                        "The {0} checks that have not begun are left out. Nothing was changed, and the plan is not put on hold.",
                        left
                    ]
                ),
            ],
            RunKind.Startup =>
            [
                new(
                    CancelMode.Hold,
                    l["Stop now"],
                    l[
                        "Nothing more is started: {0} stay up, {1} stay off. {2} that are starting now go on.",
                        at.Done,
                        left,
                        at.Working
                    ]
                ),
                .. Finish(l, run),
            ],
            _ =>
            [
                new(
                    CancelMode.Hold,
                    l["Stop now, leave the rest running"],
                    l[
                        "Nothing more is asked to go down: {0} stay up, {1} stay down. {2} that were asked already may still go down: a request cannot be taken back.",
                        left,
                        at.Done,
                        at.Working
                    ]
                ),
                new(
                    CancelMode.Undo,
                    l["Stop and bring everything back"],
                    l[
                        "Nothing more is asked to go down, and what this run stopped ({0}) is started again as soon as mains is stable and the battery is charged as the plan asks.",
                        at.Done + at.Working
                    ]
                ),
                .. Finish(l, run),
            ],
        };
    }

    /// <summary>Only where a phase is at work: without one, it is the same as stopping now.</summary>
    private static IEnumerable<CancelChoice> Finish(IStringLocalizer<Strings> l, RunState run)
    {
        if (run.Steps.Where(s => s.Status == StepStatus.Running).MaxBy(s => s.PhaseIndex) is not { } current)
            yield break;
        var name = run.Model.Definition.Phases.FirstOrDefault(p => p.Id == current.Phase)?.Name ?? current.Phase;
        var rest = run.Steps.Count(s => s is { Terminal: false, Selected: true } && s.Phase == current.Phase);
        yield return new(
            CancelMode.FinishPhase,
            l["Finish this phase, then stop"],
            l["“{0}” is finished first ({1} left in it). The phases after it do not begin.", name, rest]
        );
    }
}
