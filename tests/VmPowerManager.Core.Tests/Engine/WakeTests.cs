using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY E4: hosts are woken, looked at, woken again, by the next method; what comes by itself is adopted.</summary>
public sealed class WakeTests
{
    private static World Down(string[] methods, SimHost host, int? within = null)
    {
        var plan = Plan(Phase("a", G(1)), Phase("b", H(1) with { StartTimeoutSeconds = within }));
        return Graphs.World(plan, [Vm(1, "web")], h => h with { WakeMethods = [.. methods] }, _ => host).OnBattery(60);
    }

    private static SimHost Host(double boot, params string?[] answers) =>
        new()
        {
            Realm = "realm1",
            StopSeconds = 3,
            BootSeconds = boot,
            WakeAnswers = [.. answers],
        };

    private static List<int?> Methods(World world) =>
        [.. world.Effects.Where(e => e.Effect.Kind == EffectKind.Wake).Select(e => e.Effect.Method)];

    [Fact]
    public void OneMethod_WakesTheHost_ThenItsGuestsStart()
    {
        var world = Down(["wol"], Host(40)).Mains(150);
        Assert.Equal(2, Methods(world).Count); // 40 s to boot: repeated after 30 s
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        Assert.Null(world.State.Cycle);
        Assert.Contains(world.Notices, n => n.Message == "kvm1 is woken by Wake-on-LAN, attempt 1.");
    }

    /// <summary>C4: its outlet may take its power only while it is proved off; once woken it may be booting.</summary>
    [Fact]
    public void HostProvedOff_TheFirstWakingSaysSo_TheNextDoesNot()
    {
        var world = Down(["pdu"], Host(40)).Mains(150);
        var wakes = world.Effects.Where(e => e.Effect.Kind == EffectKind.Wake).Select(e => e.Effect).ToList();
        Assert.Equal([true, false], wakes.Select(e => e.ProvedOff));
        Assert.True(wakes[0].Limit > wakes[1].Limit); // off, a while, and on again
    }

    [Fact]
    public void LostPackets_TheNextMethodHasItsTurn_ThenTheFirstAgain()
    {
        var world = Down(["wol", "ipmi"], Host(20, "", ""), within: 240).Mains(300);
        var methods = Methods(world);
        Assert.Equal([0, 1, 0, 1], methods.Where((m, i) => i == 0 || methods[i - 1] != m));
        Assert.Equal(2, methods.TakeWhile(m => m == 0).Count()); // 60 s each: asked twice
        Assert.Contains("woken 8 times", world.Ended[^1].Steps[0].Detail?.ToString(), StringComparison.Ordinal); // I11
    }

    [Fact]
    public void RefusedMethod_MakesWayAtOnce()
    {
        var world = Down(["ipmi", "wol"], Host(20, "not available yet")).Mains(100);
        Assert.Equal([0, 1], Methods(world));
        var wakes = world.Effects.Where(e => e.Effect.Kind == EffectKind.Wake).ToList();
        Assert.True(wakes[1].At - wakes[0].At < TimeSpan.FromSeconds(2));
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status);
    }

    [Fact]
    public void ComesByItself_IsAdoptedAndNeverWoken()
    {
        var world = Down(["wol"], Host(0));
        world.Upses[1].Status = "OL";
        world.Run(15);
        world.Hosts[1].PowerOn();
        world.Run(60);
        Assert.Empty(Methods(world));
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void ShortStableTime_FirmwareGoesFirst()
    {
        var world = Down(["wol"], Host(0));
        var startup = world.Model.Definition.Startup with { StableMainsSeconds = 5 };
        world.Model = world.Model with { Definition = world.Model.Definition with { Startup = startup } };
        world.Mains(19);
        Assert.Empty(Methods(world)); // E4: twenty seconds of mains for restore-on-AC
        world.Run(5);
        Assert.Single(Methods(world));
    }

    [Fact]
    public void NoMethod_WaitsAndSaysSo()
    {
        var world = Down([], Host(0)).Mains(700);
        Assert.Empty(Methods(world));
        Assert.Contains("no wake method is set", world.Ended[^1].Steps[0].Detail?.ToString(), StringComparison.Ordinal);
        world.Hosts[1].PowerOn();
        world.Run(120);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // E4: late, and adopted all the same
    }

    [Fact]
    public void OnBattery_NothingIsWoken()
    {
        var world = Down(["wol"], Host(9999)).Mains(30);
        while (Methods(world).Count == 0)
            world.Run(0.1);
        world.Run(29);
        world.Upses[1].Status = "OB";
        world.Run(3);
        Assert.Single(Methods(world)); // E5: the next was due
        world.Mains(2);
        Assert.Equal(2, Methods(world).Count);
    }

    [Fact]
    public void KilledWhileWaking_IsNotWokenTwiceAtOnce()
    {
        var world = Down(["wol"], Host(20)).Mains(31);
        while (Methods(world).Count == 0)
            world.Run(0.1);
        world.Restart().Run(60);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status); // I3
        Assert.Single(Methods(world));
    }

    [Fact]
    public void HostReadiness_HoldsUpItsGuests()
    {
        var plan = Plan(
            Phase("a", G(1)),
            Phase(
                "b",
                H(1) with
                {
                    Ready = new() { Kind = ReadyKind.Port, Port = 2049 },
                }
            )
        );
        var world = Graphs.World(plan, [Vm(1, "web")], h => h with { WakeMethods = ["wol"] }).OnBattery(60);
        var opens = world.Now + TimeSpan.FromSeconds(80);
        world.Looks = _ => world.Now < opens ? "connection refused" : null;
        world.Mains(140);
        Assert.True(world.AskedAt("web", StepAction.Start) > opens); // E4
    }

    /// <summary>Random world 6931: nobody looked at the host between its death and its return.</summary>
    [Fact]
    public void HostFellAndCameBackDuringTheStartup_ItsGuestsAreBroughtBack()
    {
        var late = Phase("b", G(2)) with { Trigger = new() { LowBattery = true } };
        var world = Graphs
            .World(Plan(Phase("a", G(1)), late), [Vm(1, "web", readySeconds: 5), Vm(2, "db")])
            .OnBattery(30);
        world.Mains(2);
        while (!world.Asked(StepAction.Start).Contains("web"))
            world.Run(0.1);
        world.Guests["db"].Take(StepAction.ForceOff, world.Now); // The startup has nothing to do for it: it ran until now.
        world.Run(90);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Start)); // E2
        Assert.Null(world.State.Cycle);
    }
}
