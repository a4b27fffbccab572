using VmPowerManager.Core.Plans;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>Probes UPSes that are cut, a few at a time. What is found is in <see cref="UpsCheckBook"/>.</summary>
internal sealed class UpsLooks(IUpsPower power)
{
    private const int AtATime = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Returns when all were asked. Throws but on cancellation.</summary>
    public Task LookAsync(IReadOnlyCollection<int> upsIds, CancellationToken ct)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = ct };
        return Parallel.ForEachAsync(upsIds, limits, async (ups, token) => await power.ProbeAsync(ups, Limit, token));
    }

    /// <summary>The UPSes whose output the plan cuts.</summary>
    public static IReadOnlyCollection<int> CutBy(PlanDefinition plan) =>
        [.. PlanSteps.Shutdown(plan).Select(s => s.Step.Target.UpsId).OfType<int>().Distinct()];
}
