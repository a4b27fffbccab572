using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>The one place where a call to a host gets its time limit and its failure becomes data (DESIGN 3).</summary>
internal sealed class DeviceCall(TimeProvider time)
{
    /// <summary>Never throws but on cancellation of <paramref name="ct"/>. The limit's end is Unreachable ("no answer ...")
    /// only when nobody at all answered the attempt to connect, else Timeout ("not done ...") (POLICY C4).</summary>
    public async Task<DeviceOutcome<T>> RunAsync<T>(
        Func<CancellationToken, Task<T>> call,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        using var timer = new CancellationTokenSource(limit, time);
        var hearing = Hearing.Begin();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            // A driver that does not heed its token is left behind, not waited for.
            return new(await call(both.Token).WaitAsync(both.Token), null, null);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            var within = $"within {limit.TotalSeconds:0.#} s";
            return hearing.NobodyAnswered
                ? new(default, DeviceFault.Unreachable, $"no answer {within}")
                : new(default, DeviceFault.Timeout, $"not done {within}");
        }
        catch (DeviceException e)
        {
            return new(default, e.Fault, e.Message);
        }
        catch (ObjectDisposedException)
        {
            return new(
                default,
                DeviceFault.ProtocolError,
                "the connection was closed: its settings, or what is trusted, changed meanwhile"
            );
        }
        // A bug in a driver must not end the run that called it (DESIGN 3: it never throws).
        catch (Exception e)
        {
            return new(default, DeviceFault.ProtocolError, $"{e.GetType().Name}: {e.Message}");
        }
    }
}
