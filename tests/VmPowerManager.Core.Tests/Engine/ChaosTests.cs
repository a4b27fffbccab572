using System.Collections.Concurrent;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Seeded simulation: random worlds hold the invariants (POLICY I). A failing one names its seed and is made
/// smaller; VMPM_SEED repeats one in full, VMPM_SEEDS sets how many, VMPM_FIRST where the long run begins.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public void RandomWorlds_LivedThrough_HoldEveryInvariant() => Hold(1, Seeds ?? 2000);

    /// <summary>Found by longer runs, each by another way.</summary>
    [Theory]
    [InlineData(341)]
    [InlineData(385)]
    [InlineData(3809)]
    [InlineData(3841)]
    [InlineData(4517)]
    [InlineData(4617)]
    [InlineData(6931)]
    [InlineData(12285)]
    [InlineData(13027)]
    [InlineData(15636)]
    [InlineData(18276)]
    [InlineData(19590)]
    [InlineData(23056)]
    [InlineData(27306)]
    [InlineData(28409)]
    [InlineData(28773)]
    [InlineData(30437)]
    [InlineData(30501)]
    [InlineData(31413)]
    [InlineData(33829)]
    [InlineData(36637)]
    [InlineData(57873)]
    [InlineData(58101)]
    [InlineData(59342)]
    [InlineData(59361)]
    [InlineData(59365)]
    [InlineData(59553)]
    [InlineData(61181)]
    [InlineData(61305)]
    [InlineData(61473)]
    [InlineData(62793)]
    [InlineData(64209)]
    [InlineData(64641)]
    [InlineData(65281)]
    [InlineData(65885)]
    [InlineData(66753)]
    [InlineData(66813)]
    [InlineData(66921)]
    [InlineData(67101)]
    [InlineData(67365)]
    [InlineData(68609)]
    public void WorldThatOnceFailed_HoldsEveryInvariant(int seed) => Hold(seed, 1);

    [Fact(Explicit = true)]
    public void RandomWorlds_AHundredThousand_HoldEveryInvariant() => Hold(Number("VMPM_FIRST") ?? 1, Seeds ?? 100_000);

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

    internal static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : null;
}
