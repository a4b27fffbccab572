using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>A call to a device that a person waits for: its trouble becomes a refusal with the peer's words.</summary>
internal static class UpsDeviceCall
{
    /// <param name="step">What was tried, for the answer.</param>
    /// <exception cref="PeerRefusedException">The device refused, was away, or took longer than the limit.</exception>
    public static async Task<T> RefusedAsync<T>(
        string step,
        Func<CancellationToken, Task<T>> call,
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
            return await call(limited.Token).WaitAsync(limited.Token);
        }
        catch (Exception e) when (e is DeviceException or UpsStaleException)
        {
            throw new PeerRefusedException(e.Message, step);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new PeerRefusedException($"No answer within {limit.TotalSeconds:0} s.", step);
        }
    }
}
