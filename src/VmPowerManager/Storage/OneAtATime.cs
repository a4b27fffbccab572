namespace VmPowerManager.Storage;

/// <summary>One change to a set of rows at a time, for facts that are about all of them: what two check at once, each
/// against a state that the other is changing, would not hold.</summary>
public abstract class OneAtATime : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Waits for its turn, which ends when what this gives is disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        return new Turn(_one);
    }

    public void Dispose()
    {
        _one.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
