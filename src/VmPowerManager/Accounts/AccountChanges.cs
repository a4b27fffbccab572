namespace VmPowerManager.Accounts;

/// <summary>Wakes whoever has to look again when any account or session changes: open circuits and streams.</summary>
internal sealed class AccountChanges
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next change. Take it before looking, so that none is missed between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Tell() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
