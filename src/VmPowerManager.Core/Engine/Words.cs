using System.Globalization;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>How the engine writes figures in sentences.</summary>
public static class Words
{
    public static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>Live durations: <c>00:42</c>, <c>1:02:03</c>.</summary>
    public static string Clock(TimeSpan span)
    {
        var positive = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        return positive.TotalHours >= 1
            ? string.Create(Culture, $"{(long)positive.TotalHours}:{positive:mm\\:ss}")
            : positive.ToString(@"mm\:ss", Culture);
    }

    public static Sentence Of(RunKind kind) =>
        kind switch
        {
            RunKind.Shutdown => $"Shutdown",
            RunKind.Startup => $"Startup",
            _ => $"Rehearsal",
        };

    /// <summary>Within a sentence.</summary>
    public static Sentence Within(RunKind kind) =>
        kind switch
        {
            RunKind.Shutdown => $"shutdown",
            RunKind.Startup => $"startup",
            _ => $"rehearsal",
        };

    public static Sentence Of(CancelMode mode) =>
        mode switch
        {
            CancelMode.Hold => $"hold",
            CancelMode.Undo => $"undo",
            _ => $"finish the phase",
        };

    public static Sentence Of(PowerState power) =>
        power switch
        {
            PowerState.Running => $"running",
            PowerState.Paused => $"paused",
            PowerState.Saved => $"saved",
            PowerState.Off => $"off",
            _ => $"unknown",
        };

    public static Sentence Of(RunStatus status) =>
        status switch
        {
            RunStatus.Running => $"running",
            RunStatus.Succeeded => $"succeeded",
            RunStatus.Failed => $"failed",
            RunStatus.Cancelled => $"cancelled",
            _ => $"held",
        };

    public static Sentence Of(StepStatus status) =>
        status switch
        {
            StepStatus.Pending => $"pending",
            StepStatus.Running => $"running",
            StepStatus.Done => $"done",
            StepStatus.Failed => $"failed",
            StepStatus.Unknown => $"unknown",
            StepStatus.Skipped => $"skipped",
            _ => $"cancelled",
        };

    public static Sentence Of(StepAction action) =>
        action switch
        {
            StepAction.Shutdown => $"Shutdown",
            StepAction.Save => $"Save",
            StepAction.ForceOff => $"Force off",
            StepAction.Command => $"Command",
            StepAction.CutOutput => $"Cut output",
            StepAction.Start => $"Start",
            StepAction.Wake => $"Wake",
            StepAction.WaitUntil => $"Wait until",
            _ => $"BMC off",
        };

    /// <summary>Without the full stop, for within another sentence.</summary>
    /// <summary>What a platform did, as it stands until it is undone.</summary>
    public static Sentence Prepared(string kind) =>
        kind switch
        {
            "haDisarmed" => $"high availability is disarmed",
            "cephNoout" => $"Ceph's flag noout is set",
            "maintenance" => $"it is in maintenance",
            _ => Sentence.Verbatim(kind),
        };

    public static Sentence Bare(Sentence sentence) => sentence.Bare();

    /// <summary>Rough durations: <c>42 s</c>, <c>47 min</c>, <c>2 h 05 min</c>.</summary>
    public static string Duration(double seconds) =>
        seconds < 120 ? $"{seconds.ToString("0", Culture)} s"
        : seconds < 7200 ? $"{Math.Floor(seconds / 60).ToString("0", Culture)} min"
        : string.Create(Culture, $"{Math.Floor(seconds / 3600):0} h {Math.Floor(seconds % 3600 / 60):00} min");
}
