using System.Collections.Concurrent;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The process of a random world dies at the places where it journals, and another one goes on (I3). VMPM_SEED takes
/// one world, VMPM_SEEDS sets how many.</summary>
public sealed class ChaosKillTests(ITestOutputHelper output)
{
    /// <summary>Three worlds at every place, the others at thirty each.</summary>
    [Fact]
    public void KilledAtJournalBoundaries_EndsAsItWouldHave() =>
        Kill(Math.Min(ChaosTests.Seeds ?? 40, 40), seed => seed <= 3 ? null : 30);

    [Fact(Explicit = true)]
    public void KilledAtEveryJournalBoundary_OfTwoHundredWorlds_EndsAsItWouldHave() =>
        Kill(ChaosTests.Seeds ?? 200, _ => null);

    private void Kill(int seeds, Func<int, int?> most)
    {
        var faults = new ConcurrentBag<string>();
        var lives = 0;
        var one = ChaosTests.Number("VMPM_SEED");
        Parallel.For(
            one ?? 1,
            (one ?? seeds) + 1,
            seed =>
            {
                var found = ChaosKills.Faults(seed, most(seed), out var lived);
                found.ForEach(faults.Add);
                Interlocked.Add(ref lives, lived);
            }
        );
        output.WriteLine($"{lives} lives");
        Assert.True(faults.IsEmpty, $"{faults.Count} of {lives}:\n{string.Join('\n', faults.Order().Take(25))}");
    }
}
