namespace VmPowerManager.Tests;

/// <summary>Waits for a condition, with a bound.</summary>
internal static class Until
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> TrueAsync<T>(Func<Task<T?>> probe)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Bound)
        {
            if (await probe() is { } found)
                return found;
            await Task.Yield();
        }
        throw new TimeoutException($"Not true within {Bound}.");
    }
}
