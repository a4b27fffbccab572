using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What somebody else had done before a plan came to do it is left to them (C10).</summary>
public sealed class PreparedBeforeTests
{
    private static readonly StepDefinition Disarm = new()
    {
        Target = new() { HostId = 1 },
        Action = StepAction.Command,
        Prepare = "haDisarmed",
    };

    private static World OnBattery(World world, double seconds)
    {
        world.Upses[1].Status = "OB";
        return world.Run(seconds);
    }

    private static World Mains(World world, double seconds)
    {
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        return world.Run(seconds);
    }

    private static World Preparing() =>
        Worlds.OneHost(change: p =>
            p with
            {
                Phases = [p.Phases[0] with { Steps = [Disarm, .. p.Phases[0].Steps] }, p.Phases[1]],
            }
        );

    private static IReadOnlyList<Effect> Prepared(World world) =>
        [.. world.Effects.Select(e => e.Effect).Where(e => e.Kind == EffectKind.Command)];

    [Fact]
    public void WhatWasSoBefore_IsNotOursToUndo()
    {
        var world = OnBattery(Preparing(), 12);
        Assert.Equal(Assert.Single(Prepared(world)).Id, Assert.Single(world.State.Debts).MadeFor);

        world.Tell(new EffectEnded(Prepared(world)[0].Id, true, null) { WasSoBefore = true });

        Assert.Empty(world.State.Debts);
        Assert.Contains(world.Notices, n => n.Type == "debt.settled");
    }

    [Fact]
    public void WhatWeDidInAnEarlierOutage_IsOwedThoughALaterOneFindsItDone()
    {
        var world = OnBattery(Preparing(), 14);
        Mains(world, 20);
        Assert.Single(world.State.Debts);
        OnBattery(world, 20);
        Assert.Equal(2, Prepared(world).Count);

        world.Tell(new EffectEnded(Prepared(world)[1].Id, true, null) { WasSoBefore = true });

        Assert.Null(Assert.Single(world.State.Debts).MadeFor);
    }
}
