namespace VmPowerManager.Platforms.Tests;

/// <summary>Waits, bounded, for what a peer does.</summary>
internal static class Soon
{
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, string what, double seconds = 60)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"Not within {seconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
