using System.Collections.Concurrent;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Seeded simulation: random worlds hold the invariants (POLICY I). A failing one names its seed and is made
/// smaller; VMPM_SEED repeats one in full, VMPM_SEEDS sets how many.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public void RandomWorlds_LivedThrough_HoldEveryInvariant() => Hold(1, Seeds ?? 2000);

    [Fact(Explicit = true)]
    public void RandomWorlds_AHundredThousand_HoldEveryInvariant() => Hold(1, Seeds ?? 100_000);

    /// <summary>Three worlds at every place, the others at thirty each.</summary>
    [Fact]
    public void KilledAtJournalBoundaries_EndsAsItWouldHave() =>
        Kill(Math.Min(Seeds ?? 40, 40), seed => seed <= 3 ? null : 30);

    [Fact(Explicit = true)]
    public void KilledAtEveryJournalBoundary_OfTwoHundredWorlds_EndsAsItWouldHave() => Kill(Seeds ?? 200, _ => null);

    private void Kill(int seeds, Func<int, int?> most)
    {
        var faults = new ConcurrentBag<string>();
        var lives = 0;
        var one = Number("VMPM_SEED");
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

    private void Hold(int first, int count)
    {
        if (Number("VMPM_SEED") is { } one)
            (first, count) = (one, 1);
        var began = TimeProvider.System.GetTimestamp();
        var failures = new ConcurrentBag<(int Seed, string Words)>();
        Parallel.For(
            first,
            first + count,
            seed =>
            {
                if (Chaos.Fault(ChaosWorlds.Make(seed)) is { } fault)
                    failures.Add((seed, fault.Message));
            }
        );
        var took = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"{count} worlds in {took.TotalSeconds:0.0} s, {count / took.TotalSeconds:0} a second");
        if (failures.IsEmpty)
            return;
        var worst = failures.OrderBy(f => f.Seed).ToList();
        Assert.Fail(
            $"{worst.Count} of {count}:\n{string.Join('\n', worst.Take(25).Select(f => $"seed {f.Seed}: {f.Words}"))}\n\n"
                + ChaosShrink.Story(ChaosWorlds.Make(worst[0].Seed))
        );
    }

    /// <summary>How many worlds somebody wants, or null.</summary>
    internal static int? Seeds => Number("VMPM_SEEDS");

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : null;
}
