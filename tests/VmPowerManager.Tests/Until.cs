namespace VmPowerManager.Tests;

/// <summary>Waits for a condition, with a bound.</summary>
internal static class Until
{
    /// <summary>The first value that is not null.</summary>
    public static async Task<T> TrueAsync<T>(Func<Task<T?>> probe)
        where T : class
    {
        T? found = null;
        await Soon.BecomesTrueAsync(
            async () => (found = await probe()) is not null,
            $"a {typeof(T).Name} that is wanted"
        );
        return found!; // not null: waited for
    }
}
