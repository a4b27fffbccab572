using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>From the moment at which upsd serves OB until the target has its shutdown command, beside upsmon at its fastest
/// settings (1 s polls) running its own command at the same flips. Budget 2.2 s p95; fails above twice that (DESIGN 6). The
/// first machine is found to be the manager's own, which is told only after mains was read again (D2).</summary>
public sealed class FlipLatencyTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    private const int Rounds = 5;
    private static readonly string[] _upses = ["ups1", "ups2", "ups3", "ups4"];

    [Fact]
    public async Task FlipToShutdownAtTheTarget_StaysInBudget()
    {
        var plans = new List<Runs>();
        foreach (var ups in _upses)
            plans.Add(await PlanOfOneServerAsync(ups));
        await Lab.Nut.StartReferenceAsync();
        var (own, others, upsmon) = (new List<double>(), new List<double>(), new List<double>());
        try
        {
            for (var round = 0; round < Rounds; round++)
                await RoundAsync(round, plans, own, others, upsmon);
        }
        finally
        {
            await Lab.Nut.StopReferenceAsync();
        }

        Print($"flip -> shutdown at the target, confirmSeconds 1: {Figures.Line(others, "s")}");
        Print($"the same at the manager's own host: {Figures.Line(own, "s")}");
        Print($"flip -> upsmon's NOTIFYCMD (no confirmation), POLLFREQ 1: {Figures.Line(upsmon, "s")}");
        Assert.Equal(Rounds * _upses.Length, own.Count + others.Count);
        var p95 = Math.Max(Figures.Percentile(others, 0.95), Figures.Percentile(own, 0.95));
        Assert.True(p95 <= 4.4, $"p95 {p95:0.00} s is above twice the budget of 2.2 s");
    }

    private async Task<Runs> PlanOfOneServerAsync(string ups)
    {
        var id = await AddUpsAsync(ups);
        var host = await AddServerAsync($"behind-{ups}", id);
        var plan = Plan.Body($"plan-{ups}", [id], Plan.Phase("hosts", 0, Plan.Host(host, timeoutSeconds: 1)));
        plan["startup"]?["stableMainsSeconds"] = 0;
        return await AddPlanAsync(plan);
    }

    /// <summary>Each UPS flips once, at moments that vary against the polls; then mains, until each outage is over.</summary>
    private async Task RoundAsync(
        int round,
        List<Runs> plans,
        List<double> own,
        List<double> others,
        List<double> upsmon
    )
    {
        foreach (var (i, ups) in _upses.Index())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(137 * (round + i) % 1000), TimeProvider.System);
            var dark = await Lab.Nut.OnBatteryAsync(ups);
            (i == 0 ? own : others).Add(await SecondsUntilAsync(dark, () => ToldBehind(ups)));
            upsmon.Add(await SecondsUntilAsync(dark, () => Lab.Nut.ReferenceOnBattery(ups)));
        }
        foreach (var ups in _upses)
            await Lab.Nut.OnLineAsync(ups);
        foreach (var plan in plans)
            await plan.NormalAsync(40);
    }

    private List<DateTimeOffset> ToldBehind(string ups) =>
        [
            .. Lab
                .Targets.PowerCommands()
                .Where(c => c.Arguments.EndsWith($"behind-{ups}", StringComparison.Ordinal))
                .Select(c => c.At),
        ];

    private static async Task<double> SecondsUntilAsync(
        DateTimeOffset flip,
        Func<IReadOnlyList<DateTimeOffset>> answers
    )
    {
        var since = flip - TimeSpan.FromSeconds(1); // others may have been told before us
        await Until.True("an answer to the flip", 15, () => Task.FromResult(answers().Any(a => a >= since)));
        return (answers().First(a => a >= since) - flip).TotalSeconds;
    }
}
