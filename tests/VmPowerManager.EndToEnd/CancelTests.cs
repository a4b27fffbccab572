using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Stop everything now, in each mode (POLICY F4).</summary>
public sealed class CancelTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    [Fact]
    public async Task Hold_NothingNewBegins_UntilTheOutageEnds()
    {
        var (runs, run) = await InFirstStepAsync();
        await CancelAsync(run, "hold");
        await Lab.Guests.OffWithinAsync(20, "vm1"); // it was told already
        await Until.Stays("vm2 and vm4 stay up", 8, () => RunAsync("vm2", "vm4"));
        Assert.Contains((string?)(await runs.GetAsync(run))["state"], new[] { "held", "cancelled" });

        await Lab.Nut.OnLineAsync("ups1");
        await Lab.Guests.RunningWithinAsync(40, "vm1");
    }

    [Fact]
    public async Task FinishPhase_ThePhaseEndsAndTheNextDoesNotBegin()
    {
        var (_, run) = await InFirstStepAsync();
        await CancelAsync(run, "finishPhase");
        await Lab.Guests.OffWithinAsync(30, "vm1", "vm2");
        await Until.Stays("vm4 stays up", 6, () => RunAsync("vm4"));
    }

    [Fact]
    public async Task Undo_OfAManualRun_StartsAgainWhatWasStopped()
    {
        await Lab.Guests.RunAsync("vm1", "vm3", "vm4");
        var ups = await AddUpsAsync();
        var (_, vm) = await AddHypervisorAsync(ups);
        var runs = await AddPlanAsync(
            Plan.Body(
                "undo",
                [ups],
                Plan.Phase("first", 1, Plan.Guest(vm["vm1"])),
                Plan.Phase("second", 2, Plan.Guest(vm["vm3"], timeoutSeconds: 10)),
                Plan.Phase("third", 3, Plan.Guest(vm["vm4"]))
            )
        );
        var plan = (int?)(await Api.ListAsync("plans"))[0]["id"];
        await Api.PostAsync(
            $"plans/{plan}/runs",
            new
            {
                kind = "shutdown",
                now = true,
                reason = "cancel test",
            }
        );
        var run = await runs.BegunAsync("shutdown", 10);
        await runs.StepAsync(run, "second", "running", 20);
        await CancelAsync(run, "undo");
        await Lab.Guests.RunningWithinAsync(60, "vm1");
        await runs.StartedUpAsync(60);
        await Lab.Guests.RunningWithinAsync(5, "vm3", "vm4");
        Assert.DoesNotContain(Lab.Targets.GuestCommands(), c => c.Guest == "vm4");
    }

    [Fact]
    public async Task ManualActionOnATargetInARun_Is409()
    {
        var (_, run) = await InFirstStepAsync();
        var guests = await Api.ListAsync($"hosts/{(int?)(await Api.ListAsync("hosts"))[0]["id"]}/guests");
        var vm1 = (int?)guests.Single(g => (string?)g["name"] == "vm1")["id"];
        var answer = await Api.SendAsync(HttpMethod.Post, $"guests/{vm1}/power", new { action = "start" });
        Assert.Contains("cancel", answer.Problem(System.Net.HttpStatusCode.Conflict), StringComparison.Ordinal);
        await CancelAsync(run, "hold");
        await Lab.Guests.OffWithinAsync(20, "vm1"); // it was told already
    }

    /// <summary>An outage whose first of two steps in sequence is under way, held back by a slow virsh.</summary>
    private async Task<(Runs Runs, int Run)> InFirstStepAsync()
    {
        await Lab.Guests.RunAsync("vm1", "vm2", "vm4");
        var ups = await AddUpsAsync();
        var (_, vm) = await AddHypervisorAsync(ups);
        var first = Plan.Phase("first", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"]));
        first["parallel"] = false;
        var runs = await AddPlanAsync(
            Plan.Body("cancel", [ups], first, Plan.Phase("second", 4, Plan.Guest(vm["vm4"])))
        );
        Lab.Targets.DelayVirsh(3);
        await Lab.Nut.OnBatteryAsync("ups1");
        var run = await runs.BegunAsync("shutdown", 15);
        await Until.True(
            "vm1 is told",
            15,
            () => Task.FromResult(Lab.Targets.GuestCommands().Any(c => c.Guest == "vm1"))
        );
        return (runs, run);
    }

    private async Task<JsonNode> CancelAsync(int run, string mode)
    {
        var answer = await Api.PostAsync($"runs/{run}/cancel", new { mode });
        Lab.Targets.DelayVirsh(null);
        return answer;
    }

    private async Task<bool> RunAsync(params string[] guests)
    {
        var states = await Lab.Guests.StatesAsync();
        return guests.All(g => states[g] == "running");
    }
}
