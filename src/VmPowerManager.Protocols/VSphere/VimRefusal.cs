namespace VmPowerManager.Protocols.VSphere;

/// <summary>That a login was refused, for all who would try the same one: vSphere locks accounts after a few. Any thread.</summary>
public sealed class VimRefusal
{
    private volatile Refused? _refused;

    /// <summary>The refusal, when it is not older than that; else null.</summary>
    internal VimFault? Within(TimeSpan pause, TimeProvider time) =>
        _refused is { } refused && time.GetElapsedTime(refused.At) < pause ? refused.Fault : null;

    internal void Set(VimFault fault, TimeProvider time) => _refused = new(time.GetTimestamp(), fault);

    internal void Clear() => _refused = null;

    private sealed record Refused(long At, VimFault Fault);
}
