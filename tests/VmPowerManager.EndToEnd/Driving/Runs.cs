using System.Text.Json.Nodes;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>What the API says of a plan and its runs.</summary>
public sealed class Runs(Api api, int planId)
{
    public int PlanId => planId;

    public async Task<IReadOnlyList<JsonNode>> AllAsync() => await api.ListAsync($"runs?planId={planId}");

    public async Task<IReadOnlyList<JsonNode>> OfKindAsync(string kind) =>
        [.. (await AllAsync()).Where(r => (string?)r["kind"] == kind)];

    public async Task<int> CountAsync() => (await AllAsync()).Count;

    /// <summary>Waits for the first run of this kind, whatever its state.</summary>
    public async Task<int> BegunAsync(string kind, double seconds) =>
        Id(await Until.Found($"a {kind} run", seconds, async () => (await OfKindAsync(kind)).MinBy(Id)));

    public Task<JsonNode> GetAsync(int runId) => api.GetAsync($"runs/{runId}");

    /// <summary>Waits until the run is no longer running, and gives it.</summary>
    public async Task<JsonNode> EndedAsync(int runId, double seconds) =>
        await Until.Found(
            $"run {runId} ended",
            seconds,
            async () => await GetAsync(runId) is { } run && (string?)run["state"] != "running" ? run : null
        );

    /// <summary>Waits until a step of the run is in this state, and gives the step.</summary>
    public async Task<JsonNode> StepAsync(int runId, string phase, string state, double seconds) =>
        await Until.Found(
            $"a step of {phase} {state}",
            seconds,
            async () => Steps(await GetAsync(runId), phase).FirstOrDefault(s => (string?)s["state"] == state)
        );

    /// <summary>Waits until every step of the phase is done, and gives the run.</summary>
    public async Task<JsonNode> PhaseDoneAsync(int runId, string phase, double seconds) =>
        await Until.Found(
            $"phase {phase} done",
            seconds,
            async () =>
                await GetAsync(runId) is { } run && Steps(run, phase).All(s => (string?)s["state"] == "done")
                    ? run
                    : null
        );

    /// <summary>Waits until a later startup run than <paramref name="known"/> succeeded.</summary>
    public async Task<JsonNode> StartedUpAsync(double seconds, int known = 0) =>
        await Until.Found(
            "a startup succeeded",
            seconds,
            async () =>
                (await OfKindAsync("startup")).FirstOrDefault(r => Id(r) > known && (string?)r["state"] == "succeeded")
        );

    /// <summary>Waits until the outage is over for the plan: what comes next is a new one.</summary>
    public Task NormalAsync(double seconds) =>
        Until.True($"plan {planId} is normal", seconds, async () => await StageAsync() == "normal", StageAsync);

    private async Task<string> StageAsync() =>
        (string?)(await api.GetAsync($"plans/{planId}/state"))["stage"] ?? "none";

    public static int Id(JsonNode run) => (int?)run["id"] ?? 0;

    public static IReadOnlyList<JsonNode> Steps(JsonNode run, string phase) =>
        [.. (run["steps"] as JsonArray ?? []).OfType<JsonNode>().Where(s => (string?)s["phase"] == phase)];

    public static DateTimeOffset At(JsonNode step, string moment) =>
        (DateTimeOffset?)step[moment] ?? throw new InvalidOperationException($"no {moment}: {step.ToJsonString()}");
}
