namespace VmPowerManager.Notifications;

/// <summary>Calls that block go to a thread of their own: while a database is locked, the pool stays free for the rest of
/// the program.</summary>
internal static class Blocking
{
    public static Task<T> RunAsync<T>(Func<T> call, CancellationToken ct) =>
        Task.Factory.StartNew(call, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task RunAsync(Action call, CancellationToken ct) =>
        Task.Factory.StartNew(call, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
