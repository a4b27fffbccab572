using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs.Pages;

/// <summary>How far a run is: targets dealt with, of how many.</summary>
/// <param name="Done">In the wanted state.</param>
/// <param name="Bad">Failed or unknown.</param>
/// <param name="Working">Being dealt with now.</param>
/// <param name="Total">All that it has to deal with as things stand.</param>
/// <param name="Waiting">Beyond these: in the plan, and their trigger is not met.</param>
public sealed record RunProgress(RunKind Kind, int Done, int Bad, int Working, int Total, int Waiting)
{
    public static RunProgress Of(RunState run)
    {
        var steps = run.Steps.Where(s => s.Selected && s.Status != StepStatus.Skipped).ToList();
        return new(
            run.Kind,
            steps.Count(s => s.Status == StepStatus.Done),
            steps.Count(s => s.Status is StepStatus.Failed or StepStatus.Unknown),
            steps.Count(s => s.Status == StepStatus.Running),
            steps.Count,
            run.Steps.Count(s => s is { Selected: false, Status: StepStatus.Pending })
        );
    }

    /// <summary>A key of <see cref="Components.Strings"/> with the two figures: "3 of 12 back".</summary>
    public string Words =>
        Kind switch
        {
            RunKind.Shutdown => "{0} of {1} down",
            RunKind.Startup => "{0} of {1} back",
            _ => "{0} of {1} checked",
        };

    public double Percent => Total == 0 ? 0 : 100.0 * (Done + Bad) / Total;
}
