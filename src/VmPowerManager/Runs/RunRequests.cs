using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>The body of <c>POST /plans/{id}/runs</c>.</summary>
public sealed record RunBody(
    RunKind? Kind,
    bool Now = false,
    bool AllowCut = false,
    bool StartWhenStable = false,
    bool Force = false,
    string? Reason = null,
    DrillBody? Drill = null
);

/// <summary>A fire drill: of a shutdown only the step of this guest, and then its start.</summary>
public sealed record DrillBody(int GuestId);

/// <summary>The body of <c>POST /runs/{id}/cancel</c>.</summary>
public sealed record CancelBody(CancelMode? Mode, DateTimeOffset? HoldUntil = null, bool EvenIfCritical = false);

/// <summary>The body of <c>POST /plans/{id}/hold</c>.</summary>
public sealed record HoldBody(DateTimeOffset? HoldUntil = null, bool EvenIfCritical = false);
