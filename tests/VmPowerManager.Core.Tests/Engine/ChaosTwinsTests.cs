using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Worlds compared with their twins: what one thing more may not change (POLICY I6, I12).</summary>
public sealed class ChaosTwinsTests
{
    private const int Worlds = 25;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, Math.Min(ChaosTests.Seeds ?? Worlds, Worlds))];

    /// <summary>Calm, obedient, nobody refuses: what is asked depends on the outage alone.</summary>
    private static ChaosScript Obedient(int seed)
    {
        var script = ChaosKills.Calm(seed);
        return script with
        {
            // What was paused is not started again (E2): it would be no twin.
            Guests =
            [
                .. script
                    .Guests.Where(g => g.Power != PowerState.Paused)
                    .Select(g => g with { Immortal = false, StopSeconds = g.StopSeconds ?? 5 }),
            ],
            Plan = script.Plan with { Schedule = null },
        };
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void SecondOutage_IsHandledLikeTheFirst(int seed)
    {
        var chaos = new Chaos(Obedient(seed));
        var asked = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            chaos.World.Effects.Clear();
            chaos.Again();
            chaos.Outage(600);
            asked.Add(
                string.Join(
                    ' ',
                    chaos.World.Effects.Select(e => $"{e.Effect.Action} {e.Effect.TargetName}").Distinct().Order()
                )
            );
            chaos.End(rest: 20);
        }
        Assert.Equal(asked[0], asked[1]); // I12
    }

    /// <summary>I6: a guest that never stops costs its own bound, and no host that has nothing to do with it waits.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void HungGuest_DelaysNoUnrelatedHost(int seed)
    {
        var script = Obedient(seed);
        var phase = script.Plan.Phases[0] with
        {
            Parallel = true,
            Kind = PhaseKind.Normal,
            Steps = [.. script.Plan.Phases.SelectMany(p => p.Steps).Where(s => s.Target.UpsId is null)],
        };
        script = script with
        {
            // A host that serves a UPS waits for all others, by rule (A10).
            Upses = [.. script.Upses.Select(u => u with { ServedBy = null })],
            Hosts = [.. script.Hosts.Select(h => h with { Model = h.Model with { Rank = HostRank.Ordinary } })],
            Plan = script.Plan with { Phases = [phase], Dependencies = [] },
        };
        if (script.Guests.IsEmpty)
            return;
        var hung = script.Guests[0];
        var twin = script with { Guests = script.Guests.SetItem(0, hung with { Immortal = true, StopSeconds = null }) };

        Assert.Equal(Told(script, hung.HostId), Told(twin, hung.HostId));
    }

    /// <summary>When each host but one was first told, in seconds.</summary>
    private static string Told(ChaosScript script, int except)
    {
        var chaos = new Chaos(script);
        chaos.World.Latency = () => TimeSpan.FromMilliseconds(50);
        chaos.Begin();
        chaos.Outage(600);
        return string.Join(
            ' ',
            chaos
                .World.Effects.Where(e => e.Effect.Kind == EffectKind.HostShutdown && e.Effect.HostId != except)
                .DistinctBy(e => e.Effect.HostId)
                .Select(e => $"{e.Effect.TargetName} {e.At.TotalSeconds:0}")
        );
    }
}
