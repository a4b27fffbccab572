using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Random outages over a plan that cuts (I13): what is true in the world is held against each order.</summary>
public sealed class CutWorldsTests
{
    private static int Seeds =>
        int.TryParse(Environment.GetEnvironmentVariable("VMPM_SEEDS"), out var seeds)
            ? Math.Clamp(seeds / 20, 20, 5000)
            : 60;

    [Fact]
    public void NoOutputIsCut_WhileAHostOnItIsUp_OrMainsIsThere()
    {
        var orders = 0;
        for (var seed = 1; seed <= Seeds; seed++)
            orders += Live(seed);
        Assert.True(orders > Seeds / 10, $"only {orders} orders in {Seeds} worlds: nothing was shown");
    }

    private static int Live(int seed)
    {
        var dice = new Random(seed);
        var world = Make(dice);
        var revived = new Dictionary<int, TimeSpan>();
        var orders = 0;
        world.Checked = (_, _, decision) =>
        {
            foreach (var effect in decision.Effects.Where(e => e.Kind == EffectKind.UpsCut))
            {
                orders++;
                Holds(world, revived, effect, seed);
            }
        };
        for (var outage = 0; outage < 2; outage++)
        {
            Outage(world, dice, revived);
            foreach (var ups in world.Upses.Values)
                (ups.Status, ups.Charge, ups.Runtime, ups.Reachable) = ("OL", 90, 1800, true);
            world.Run(30);
            foreach (var host in world.Hosts.Values)
                host.PowerOn();
            world.Run(300);
        }
        return orders;
    }

    private static void Holds(World world, Dictionary<int, TimeSpan> revived, Effect effect, int seed)
    {
        var fed = world
            .Model.Hosts.Values.Concat(world.Model.Bystanders.Values)
            .Where(h => h.Supplies.Any(s => s.UpsId == effect.UpsId));
        foreach (var host in fed)
        {
            // Somebody presses the button after the last look: nobody can know.
            var justNow = revived.TryGetValue(host.Id, out var at) && world.Now - at < TimeSpan.FromSeconds(12);
            var own = host.Rank == HostRank.Manager && effect.Delay > TimeSpan.FromSeconds(60);
            Assert.True(
                own || justNow || !world.Hosts[host.Id].Answers(world.Now),
                $"I13, seed {seed}: {effect.TargetName} is cut while {host.Name} is up"
            );
        }
        Assert.Null(world.State.Upses[effect.UpsId ?? 0].OnLineSince);
    }

    private static void Outage(World world, Random dice, Dictionary<int, TimeSpan> revived)
    {
        foreach (var ups in world.Upses.Values.Where(_ => dice.Next(5) > 0))
            (ups.Status, ups.Charge, ups.Runtime) = ("OB LB", 15, 100);
        for (var i = 0; i < 25; i++)
        {
            world.Run(dice.Next(1, 16));
            var host = world.Hosts.ElementAt(dice.Next(world.Hosts.Count));
            var ups = world.Upses.Values.ElementAt(dice.Next(world.Upses.Count));
            switch (dice.Next(14))
            {
                case 0:
                    world.Restart(awaySeconds: dice.Next(1, 8));
                    break;
                case 1 when !host.Value.Answers(world.Now):
                    host.Value.PowerOn();
                    revived[host.Key] = world.Now;
                    break;
                case 2:
                    ups.Status = "OL";
                    world.Run(dice.Next(1, 9));
                    ups.Status = "OB LB";
                    break;
                case 3:
                    ups.Reachable = !ups.Reachable;
                    break;
                case 4:
                    host.Value.Witness = dice.Next(2) == 0;
                    break;
                case 5:
                    ups.CutRefusals = dice.Next(3);
                    break;
                case 6 or 7:
                    world.Hosts[3].Dead = true;
                    world.Tell(new HostProvedOff(3, world.Moment.Elapsed));
                    break;
            }
        }
    }

    private static World Make(Random dice)
    {
        var world = Worlds.OneHost(
            upses: 2,
            change: p =>
            {
                StepDefinition[] cuts =
                [
                    .. new[] { 1, 2 }
                        .Where(_ => dice.Next(4) > 0)
                        .Select(id => new StepDefinition
                        {
                            Target = new() { UpsId = id },
                            Action = StepAction.CutOutput,
                            CutDelaySeconds = dice.Next(3) == 0 ? dice.Next(200) : null,
                        }),
                ];
                var hosts = p.Phases[1] with
                {
                    Steps =
                    [
                        .. p.Phases[1].Steps,
                        new()
                        {
                            Target = new() { HostId = 2 },
                            TimeoutSeconds = 60,
                        },
                    ],
                };
                var cut = new PhaseDefinition
                {
                    Id = "cut",
                    Trigger = new() { LowBattery = true },
                    Steps = [.. cuts],
                };
                return p with { Phases = cuts.Length == 0 ? [p.Phases[0], hosts] : [p.Phases[0], hosts, cut] };
            }
        );
        world.Beat = TimeSpan.FromSeconds(1);
        world.UpsPoll = TimeSpan.FromSeconds(1);
        world.Hosts[2] = new SimHost { Realm = "two", StopSeconds = dice.Next(6) == 0 ? null : dice.Next(1, 20) };
        world.Hosts[3] = new SimHost { Realm = "three" };
        HostModel Host(int id, params int[] feeds) =>
            new()
            {
                Id = id,
                Name = $"host{id}",
                HasWitness = true,
                OffSilenceSeconds = 10,
                Rank = id == 2 && dice.Next(3) == 0 ? HostRank.Manager : HostRank.Ordinary,
                WakeMethods = dice.Next(2) == 0 ? ["wol"] : [],
                Supplies = [.. feeds.Select(f => new Supply(f, 1))],
            };
        var first = world.Model.Hosts[1] with { OffSilenceSeconds = 10, Supplies = [new Supply(1, 1)] };
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, first).SetItem(2, dice.Next(2) == 0 ? Host(2, 1, 2) : Host(2, 2)),
            Bystanders =
                dice.Next(3) == 0
                    ? world.Model.Bystanders
                    : world.Model.Bystanders.SetItem(3, Host(3, 1 + dice.Next(2))),
        };
        return world;
    }
}
