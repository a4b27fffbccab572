namespace VmPowerManager.Plans;

/// <summary>One change to the set of plans at a time: a name, and the owner of a target, are facts about all of them, and
/// two that save at once would each check against a state that the other is changing.</summary>
public sealed class PlanLock : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        return new Turn(_one);
    }

    public void Dispose() => _one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
