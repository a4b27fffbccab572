using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The simulation's own checks: a broken engine is found, and what is printed of it is small.</summary>
public sealed class ChaosShrinkTests
{
    [Fact]
    public void Shrink_LeavesWhatTheFaultNeeds_AndNoMore()
    {
        var script = ChaosWorlds.Make(12) with { Events = [.. Enumerable.Range(1, 40).Select(Event)] };

        var small = ChaosShrink.Shrink(
            script,
            s =>
                s.Events.Any(e => e.Act is Dies) && s.Events.Any(e => e.Act is SwitchesOn) && s.Guests.Length > 0
                    ? new BrokenRuleException("I0", "as asked")
                    : null
        );

        Assert.Equal((2, 1, 1, 1), (small.Events.Length, small.Guests.Length, small.Hosts.Length, small.Upses.Length));
    }

    private static ChaosEvent Event(int at) =>
        new(
            at,
            at switch
            {
                7 => new Dies(1),
                33 => new SwitchesOn(),
                _ => new Edits(),
            }
        );

    [Fact]
    public void EngineThatActsOnMains_BreaksI1()
    {
        var chaos = new Chaos(ChaosWorlds.Make(1) with { Events = [] });
        chaos.World.Engine = (model, state, told, now) => Hasty(PlanEngine.Step(model, state, told, now), model, told);

        var broken = Assert.Throws<BrokenRuleException>(chaos.Live);

        Assert.Equal("I1", broken.Rule);
    }

    /// <summary>Shuts a guest down as soon as a host answers.</summary>
    private static Decision Hasty(Decision made, PlanModel model, Observation told)
    {
        if (told is not HostAnswered { Guests: [var guest, ..] } answer)
            return made;
        var run = new RunState
        {
            Id = 1,
            Kind = RunKind.Shutdown,
            Cause = RunCause.Outage,
            Model = model,
            StartedAt = default,
        };
        var effect = new Effect
        {
            Id = 1,
            Kind = EffectKind.GuestPower,
            HostId = answer.HostId,
            TargetKey = GuestModel.KeyOf(answer.Realm, guest.ExternalId),
            TargetName = guest.Name,
            Action = StepAction.Shutdown,
            Limit = TimeSpan.FromSeconds(10),
        };
        return made with { State = made.State with { Run = run }, Effects = [effect] };
    }
}
