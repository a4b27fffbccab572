namespace VmPowerManager.Accounts;

/// <summary>One change to the set of users at a time: "the last administrator" and "the first user" are facts about all
/// of them.</summary>
internal sealed class AccountsLock : IDisposable
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
