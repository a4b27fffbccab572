using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>What one call to a device brought: exactly one of the two is set.</summary>
public sealed record UpsOutcome(UpsReading? Reading, CommFault? Fault);

/// <summary>The one place where a call to a UPS gets its time limit and its trouble becomes data (STYLE: Errors).</summary>
internal static class UpsCall
{
    /// <summary>Throws only for cancellation by <paramref name="ct"/> and for bugs.</summary>
    public static async Task<UpsOutcome> TryAsync(
        Func<CancellationToken, Task<UpsReading>> read,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            // A driver that does not heed its token is left behind, not waited for.
            return new UpsOutcome(await read(limited.Token).WaitAsync(limited.Token), null);
        }
        catch (UpsStaleException e)
        {
            return new UpsOutcome(null, new CommFault(CommFaultKind.Stale, e.Message));
        }
        catch (DeviceException e)
        {
            return new UpsOutcome(null, new CommFault(Kind(e.Fault), e.Message));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var words = $"No answer within {limit.TotalSeconds:0.###} s.";
            return new UpsOutcome(null, new CommFault(CommFaultKind.Unreachable, words));
        }
    }

    private static CommFaultKind Kind(DeviceFault fault) =>
        fault is DeviceFault.Unreachable or DeviceFault.Timeout ? CommFaultKind.Unreachable : CommFaultKind.Refused;
}
