namespace VmPowerManager.Protocols.Ssh;

/// <summary>Runs the library's blocking calls beside the thread pool, so that fifty hosts that do not answer take no
/// thread from those who read the UPSes.</summary>
internal static class OwnThread
{
    public static Task<T> Run<T>(Func<T> work) =>
        Task.Factory.StartNew(
            work,
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );

    public static Task Run(Action work) =>
        Run(() =>
        {
            work();
            return true;
        });

    /// <summary>Lets <paramref name="task"/> end on its own: its result goes to <paramref name="discard"/>, its failure
    /// to nobody.</summary>
    public static Task Abandon<T>(Task<T> task, Action<T> discard) =>
        task.ContinueWith(
            t =>
            {
                if (t.IsCompletedSuccessfully)
                    Run(() => discard(t.Result)).ContinueWith(Observe, TaskScheduler.Default);
                else
                    Observe(t);
            },
            TaskScheduler.Default
        );

    /// <summary>Marks a failure as seen.</summary>
    public static void Observe(Task task) => _ = task.Exception;
}
