using VmPowerManager.Components;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs.Pages;

/// <summary>How a plan, its forecast, a run or a step looks: a condition and a word (a key of <see cref="Strings"/>).</summary>
/// <param name="Condition">Null: nothing to say of it but the word.</param>
public sealed record Shown(Condition? Condition, string Word);

/// <summary>The one table of what stages and states are called on every screen.</summary>
public static class PlanCondition
{
    /// <summary>Of a plan's stage (<see cref="PlanStateView.Stage"/>).</summary>
    public static Shown Of(string stage) =>
        stage switch
        {
            "normal" => new(Condition.Normal, "On mains"),
            "onBattery" => new(Condition.Attention, "On battery"),
            "shuttingDown" => new(Condition.Critical, "Shutting down"),
            "down" => new(Condition.Critical, "Down, waiting for mains"),
            "stopped" => new(Condition.Attention, "Stopped, waits for a person"),
            "waiting" => new(Condition.Working, "Mains is back, waiting"),
            "startingUp" => new(Condition.Working, "Starting up"),
            "drilling" => new(Condition.Working, "Fire drill"),
            "rehearsing" => new(Condition.Working, "Rehearsing"),
            "held" => new(Condition.Attention, "On hold"),
            "maintenance" => new(Condition.Attention, "In maintenance"),
            _ => new(Condition.Unknown, "No reading to trust"),
        };

    public static Shown Of(RunStatus status) =>
        status switch
        {
            RunStatus.Running => new(Condition.Working, "Running"),
            RunStatus.Succeeded => new(Condition.Normal, "Succeeded"),
            RunStatus.Failed => new(Condition.Critical, "Failed"),
            RunStatus.Cancelled => new(Condition.Attention, "Cancelled"),
            RunStatus.Held => new(Condition.Attention, "Stopped"),
            _ => new(Condition.Unknown, "Outcome unknown"),
        };

    public static Shown Of(StepStatus status) =>
        status switch
        {
            StepStatus.Pending => new(null, "Waiting"),
            StepStatus.Running => new(Condition.Working, "Working"),
            StepStatus.Done => new(Condition.Normal, "Done"),
            StepStatus.Failed => new(Condition.Critical, "Failed"),
            StepStatus.Skipped => new(null, "Skipped"),
            StepStatus.Cancelled => new(Condition.Attention, "Cancelled"),
            _ => new(Condition.Unknown, "Outcome unknown"),
        };

    /// <summary>Of what feeds a target (POLICY B1).</summary>
    public static Shown Of(SupplyCounts supplies) =>
        supplies switch
        {
            { Good: var good, Needed: var needed } when good < needed => new(
                supplies.Unknown > 0 && supplies.Critical == 0 ? Condition.Unknown : Condition.Critical,
                supplies.Unknown > 0 && supplies.Critical == 0 ? "Not known" : "Not enough"
            ),
            { Critical: > 0 } => new(Condition.Attention, "Enough, one lost"),
            { Unknown: > 0 } => new(Condition.Attention, "Enough, one unknown"),
            _ => new(Condition.Normal, "Enough"),
        };

    /// <summary>Whether the batteries last as long as the plan may take. Less than a tenth to spare is close.</summary>
    public static Condition Of(ForecastView forecast) =>
        forecast switch
        {
            { MarginSeconds: null } => Condition.Unknown,
            { MarginSeconds: < 0 } => Condition.Critical,
            { MarginSeconds: var margin, NeededSeconds: var needed } when margin < needed / 10 => Condition.Attention,
            _ => Condition.Normal,
        };
}
