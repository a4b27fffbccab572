using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The product's virtual world as tests hold it: a call can follow a call, the engine's time is measured, and an
/// invariant is checked at each effect.</summary>
internal sealed class World : VirtualWorld
{
    public World()
    {
        Engine = Measured;
        Carried = NoGuestIsLeft;
    }

    /// <summary>Called with the stage, what was told, and the time that the engine took.</summary>
    public Action<string, Observation, TimeSpan>? Cost { get; set; }

    public new World Tell(Observation observation)
    {
        base.Tell(observation);
        return this;
    }

    /// <inheritdoc cref="VirtualWorld.Run"/>
    public new World Run(double seconds)
    {
        base.Run(seconds);
        return this;
    }

    /// <inheritdoc cref="VirtualWorld.Restart"/>
    public new World Restart(bool newBoot = false, double awaySeconds = 2)
    {
        base.Restart(newBoot, awaySeconds);
        return this;
    }

    private Decision Measured(PlanModel model, PlanState state, Observation observation, Moment now)
    {
        var began = TimeProvider.System.GetTimestamp();
        var decision = PlanEngine.Step(model, state, observation, now);
        Cost?.Invoke(
            state.Run?.Kind.ToString() ?? (state.Cycle is null ? "Quiet" : "Cycle"),
            observation,
            TimeProvider.System.GetElapsedTime(began)
        );
        return decision;
    }

    /// <summary>I2: no host is told while a guest of it runs, unless that guest was given up, or nobody can have seen it.</summary>
    private void NoGuestIsLeft(Effect effect)
    {
        if (effect.Kind is not (EffectKind.HostShutdown or EffectKind.BmcOff) || !Hosts[effect.HostId].Answers(Now))
            return;
        foreach (var guest in Guests.Values.Where(g => g.HostId == effect.HostId && g.Power(Now) == PowerState.Running))
        {
            var given = State.Run?.Steps.Any(s => s.Target.Name == guest.Name && s.Status == StepStatus.Failed);
            var justStarted = Now - guest.StartedAt < TimeSpan.FromSeconds(6);
            Assert.True(given == true || justStarted, $"I2: {effect.TargetName} was told while {guest.Name} runs");
        }
    }
}
