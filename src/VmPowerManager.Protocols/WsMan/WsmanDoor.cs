namespace VmPowerManager.Protocols.WsMan;

/// <summary>Lets one after the other log in until one of them was let in, and none for a while after a refusal: each wrong
/// password counts where accounts are locked. Any thread.</summary>
internal sealed class WsmanDoor(WsmanLimits limits, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _login = new(1, 1);
    private volatile Refusal? _refused;
    private volatile bool _letIn;

    public bool IsShut => _refused is { } refused && time.GetElapsedTime(refused.At) < limits.LoginPause;

    public void Dispose() => _login.Dispose();

    /// <param name="call">Calls what it is given once it is let in.</param>
    /// <exception cref="WsmanException">The refusal of before, or the call's own.</exception>
    public async Task<T> PassAsync<T>(Func<Action, Task<T>> call, CancellationToken ct)
    {
        var held = !_letIn;
        if (held)
            await _login.WaitAsync(ct);
        try
        {
            if (IsShut && _refused is { } refused)
                throw refused.Fault.NotTriedAgain();
            return await call(Entered);
        }
        catch (WsmanException e) when (e.LoginRefused)
        {
            if (!IsShut)
                _refused = new(time.GetTimestamp(), e);
            _letIn = false;
            throw;
        }
        finally
        {
            Release();
        }

        void Entered()
        {
            _letIn = true;
            Release();
        }

        void Release()
        {
            if (!held)
                return;
            held = false;
            _login.Release();
        }
    }

    private sealed record Refusal(long At, WsmanException Fault);
}
