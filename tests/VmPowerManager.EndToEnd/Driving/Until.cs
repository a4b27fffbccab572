namespace VmPowerManager.EndToEnd.Driving;

/// <summary>Waits on conditions, always with a bound: no test sleeps.</summary>
public static class Until
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks until something is there, and gives it back.</summary>
    public static async Task<T> Found<T>(string what, double seconds, Func<Task<T?>> look)
        where T : class
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
                return found;
            var waited = TimeProvider.System.GetElapsedTime(start);
            Assert.True(waited < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what}");
            await Task.Delay(_step, TimeProvider.System);
        }
    }

    /// <summary>Looks until the condition holds; <paramref name="seen"/> tells what there was instead.</summary>
    public static async Task True(string what, double seconds, Func<Task<bool>> look, Func<Task<string>>? seen = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await look())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"Not within {seconds} s: {what}{(seen is null ? "" : "; but " + await seen())}");
            await Task.Delay(_step, TimeProvider.System);
        }
    }

    /// <summary>Fails as soon as the condition breaks within the window.</summary>
    public static async Task Stays(string what, double seconds, Func<Task<bool>> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) is var waited && waited < TimeSpan.FromSeconds(seconds))
        {
            Assert.True(await holds(), $"No longer after {waited.TotalSeconds:0.0} s: {what}");
            await Task.Delay(_step, TimeProvider.System);
        }
    }
}
