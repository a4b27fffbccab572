using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>From the moment at which upsd serves OB until the target has its shutdown command, beside upsmon at its fastest
/// settings (1 s polls) running its own command at the same flips. Budget 2.2 s p95; fails above twice that (DESIGN 6).</summary>
public sealed class FlipLatencyTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    private const int Flips = 20;

    [Fact]
    public async Task FlipToShutdownAtTheTarget_StaysInBudget()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        var plan = Plan.Body("latency", [ups], Plan.Phase("hosts", 0, Plan.Host(host, timeoutSeconds: 1)));
        plan["returnConfirmSeconds"] = 0;
        var runs = await AddPlanAsync(plan);
        await Lab.Nut.StartReferenceAsync();
        var flips = new List<DateTimeOffset>();
        try
        {
            for (var i = 0; i < Flips; i++)
                flips.Add(await FlipAsync(runs, i));
        }
        finally
        {
            await Lab.Nut.StopReferenceAsync();
        }

        var ours = Latencies(flips, [.. Lab.Targets.PowerCommands().Select(c => c.At)]);
        Print($"flip -> shutdown at the target, confirmSeconds 1, n={ours.Count}: {Figures(ours)}");
        var upsmon = Latencies(flips, Lab.Nut.ReferenceOnBattery());
        Print($"flip -> upsmon's NOTIFYCMD, POLLFREQ 1,          n={upsmon.Count}: {Figures(upsmon)}");
        Assert.Equal(Flips, ours.Count);
        Assert.True(
            Percentile(ours, 0.95) <= 4.4,
            $"p95 {Percentile(ours, 0.95):0.00} s is above twice the budget of 2.2 s"
        );
    }

    /// <summary>One outage until it is over; flips come at varying moments within a second, so that polls are met anywhere.</summary>
    private async Task<DateTimeOffset> FlipAsync(Runs runs, int number)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(137 * number % 1000), TimeProvider.System);
        var dark = await Lab.Nut.OnBatteryAsync("ups1");
        await Until.True(
            $"shutdown {number + 1}",
            15,
            () => Task.FromResult(Lab.Targets.PowerCommands().Count > number)
        );
        await Lab.Nut.OnLineAsync("ups1");
        await Until.True(
            $"outage {number + 1} over",
            30,
            async () => (await runs.AllAsync()).All(r => (string?)r["state"] != "running") && await IdleAsync()
        );
        return dark;
    }

    private async Task<bool> IdleAsync()
    {
        var plan = (int?)(await Api.ListAsync("plans"))[0]["id"];
        return (string?)(await Api.GetAsync($"plans/{plan}/state"))["stage"] is "idle" or "normal" or "watching";
    }

    /// <summary>For each flip the first answer after it and before the next flip.</summary>
    private static List<double> Latencies(List<DateTimeOffset> flips, IReadOnlyList<DateTimeOffset> answers) =>
        [
            .. flips
                .Select((flip, i) => (flip, next: i + 1 < flips.Count ? flips[i + 1] : DateTimeOffset.MaxValue))
                .Select(f => (f.flip, hits: answers.Where(a => a >= f.flip && a < f.next).ToList()))
                .Where(f => f.hits.Count > 0)
                .Select(f => (f.hits[0] - f.flip).TotalSeconds)
                .Order(),
        ];

    private static double Percentile(List<double> sorted, double part) =>
        sorted[(int)Math.Ceiling(part * sorted.Count) - 1];

    private static string Figures(List<double> sorted) =>
        sorted.Count == 0
            ? "none"
            : $"p50 {Percentile(sorted, 0.5):0.00} s, p95 {Percentile(sorted, 0.95):0.00} s, max {sorted[^1]:0.00} s";
}
