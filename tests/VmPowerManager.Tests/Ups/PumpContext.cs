namespace VmPowerManager.Tests.Ups;

/// <summary>Runs asynchronous code step by step: what it awaits goes on only within <see cref="Pump"/>, which returns when
/// nothing is left to do until time passes. So a loop and a fake clock play the same play every time.</summary>
public sealed class PumpContext : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Call, object? State)> _calls = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
            _calls.Enqueue((d, state));
    }

    public Task Run(Func<Task> start)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return start();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Pump()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (Next() is { } next)
                next.Call(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private (SendOrPostCallback Call, object? State)? Next()
    {
        lock (_gate)
            return _calls.TryDequeue(out var next) ? next : null;
    }
}
