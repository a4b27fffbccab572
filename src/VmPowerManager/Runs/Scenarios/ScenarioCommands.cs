using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>Plays scenarios. Changes nothing anywhere; one at a time and bounded, as it takes a processor while it lasts.</summary>
public sealed class ScenarioCommands(PlanLoops loops, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>With the plan that the scenario was written for, or recorded of.</summary>
    /// <exception cref="RefusalException">Forbidden, or it cannot be played.</exception>
    public Task<ScenarioReport> PlayAsync(ClaimsPrincipal actor, Scenario scenario, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        return BoundedAsync(stop => ScenarioRunner.Run(scenario, stop), ct);
    }

    /// <summary>With this plan, as it is configured and as its machines run now.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown plan, or it cannot be played.</exception>
    public Task<ScenarioReport> ReplayAsync(ClaimsPrincipal actor, int planId, Scenario scenario, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var view = (loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}")).View;
        var troupe = new ScenarioTroupe(view.Model, [.. view.State.Guests.Values]);
        return BoundedAsync(stop => ScenarioRunner.Run(scenario, troupe, stop), ct);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ScenarioReport> BoundedAsync(Func<CancellationToken, ScenarioReport> play, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await _turn.WaitAsync(stop.Token);
            try
            {
                return await Task.Run(() => play(stop.Token), stop.Token);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ConflictException(
                Sentence.Of($"It took longer than 30 s and was stopped: this scenario is too much at a time.")
            );
        }
    }
}
