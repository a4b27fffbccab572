namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Seeded simulation: hundreds of random worlds hold the invariants (POLICY I). A failing one names its seed;
/// VMPM_SEED repeats it, VMPM_SEEDS tries more.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public void RandomWorlds_LivedThrough_HoldEveryInvariant()
    {
        var one = Number("VMPM_SEED");
        var seeds = one is { } seed ? [seed] : Enumerable.Range(1, Number("VMPM_SEEDS") ?? 300).ToList();
        var failures = new List<string>();
        foreach (var number in seeds)
        {
            var chaos = new Chaos(number);
            try
            {
                chaos.Live();
            }
            catch (Exception e)
            {
                failures.Add($"seed {number}: {e.Message}");
                if (failures.Count == 1)
                    output.WriteLine(string.Join('\n', chaos.Trace.TakeLast(one is null ? 40 : 4000)) + "\n" + e);
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {seeds.Count}:\n{string.Join('\n', failures.Take(25))}");
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : null;
}
