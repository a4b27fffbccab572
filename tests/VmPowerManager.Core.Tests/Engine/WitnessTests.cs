using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY A9: witnesses shorten and lengthen confirmation, within bounds; a total loss may be an outage.</summary>
public sealed class WitnessTests
{
    private const int Canary = 7;

    /// <summary>A world whose UPS 1 says nothing of its input, with a canary; UPS 2 and 3 as they are told.</summary>
    private static World With(int upses = 1, double confirm = 3, bool loss = false, string? circuit = null)
    {
        var world = Worlds.OneHost(upses: upses, minSupplies: 1, change: p => p with { LossIsOutage = loss });
        world.Model = world.Model with
        {
            Canaries = world.Model.Canaries.Add(Canary, new CanaryModel { Id = Canary, Name = "lamp" }),
            Upses = world.Model.Upses.ToImmutableSortedDictionary(
                u => u.Key,
                u => u.Value with { ConfirmSeconds = confirm, Circuit = circuit }
            ),
        };
        foreach (var ups in world.Upses.Values)
            ups.InputVoltage = null;
        return world.Run(3);
    }

    private static World Canaries(World world, bool answers) =>
        world.Tell(new CanaryObserved(Canary, answers, world.Moment.Elapsed));

    /// <summary>Seconds until UPS 1 is confirmed on battery, the canary saying so every half second; null: not in 60 s.</summary>
    private static double? Confirmed(World world, Func<double, bool>? canary = null)
    {
        var first = default(TimeSpan?);
        for (var beats = 0; beats < 600; beats++)
        {
            if (canary is not null && beats % 5 == 0)
                Canaries(world, canary(beats / 10.0));
            world.Run(0.1);
            var ups = world.State.Upses[1];
            first ??= ups.OnBatterySince;
            if (ups.ConfirmedAt is { } at)
                return Math.Round((at - first.GetValueOrDefault()).TotalSeconds, 1);
        }
        return null;
    }

    [Theory]
    [InlineData(3, null, 3)] // nobody says anything
    [InlineData(3, false, 0.5)] // A9: silent too: the second reading is enough
    [InlineData(30, false, 0.5)]
    [InlineData(3, true, 10)] // A9: still answers: max(3 x confirmSeconds, 10 s), and no longer
    [InlineData(1, true, 10)]
    [InlineData(10, true, 30)]
    [InlineData(0, true, 0)] // one reading is to be enough: a person's word
    [InlineData(0, false, 0)]
    public void Canary_ShortensOrLengthensConfirmation_WithinItsBound(double confirm, bool? answers, double seconds)
    {
        var world = Canaries(With(confirm: confirm), answers: true);
        world.Upses[1].Status = "OB";
        Assert.Equal(seconds, Confirmed(world, answers is { } a ? _ => a : null));
    }

    [Fact]
    public void CanaryThatNeverAnswered_MeansNothing()
    {
        var world = Canaries(With(), answers: false);
        world.Upses[1].Status = "OB";
        Assert.Equal(3, Confirmed(world, _ => false));
    }

    [Fact]
    public void CanarySilentForLong_MeansNothing()
    {
        var world = Canaries(Canaries(With(), answers: true).Run(1), answers: false).Run(20);
        world.Upses[1].Status = "OB";
        Assert.Equal(3, Confirmed(world, _ => false));
    }

    [Fact]
    public void CanaryThatAnsweredBefore_AndIsNotAskedSince_MeansNothing()
    {
        var world = Canaries(With(), answers: true);
        world.Upses[1].Status = "OB";
        Assert.Equal(3, Confirmed(world));
    }

    [Fact]
    public void CanaryAnswersTwoSecondsIntoTheOutage_ThenFallsSilent_IsNoDoubtAnyMore()
    {
        var world = Canaries(With(), answers: true); // its own supply holds for a while
        world.Upses[1].Status = "OB";
        Assert.InRange(Confirmed(world, at => at < 2) ?? 99, 1.9, 2.6);
    }

    [Theory]
    [InlineData("OB LB", null)]
    [InlineData("OB FSD", null)]
    [InlineData("OB", 0.0)]
    [InlineData("OB", 22.0)]
    public void Doubt_NeverOutweighsTheUpsItself(string status, double? volts)
    {
        var world = Canaries(With(), answers: true);
        (world.Upses[1].Status, world.Upses[1].InputVoltage) = (status, volts);
        Assert.Equal(3, Confirmed(world, _ => true));
    }

    [Fact]
    public void FourSecondGlitch_WithAnAnsweringCanary_NeverTriggers()
    {
        var world = Canaries(With(confirm: 1), answers: true);
        for (var glitch = 0; glitch < 5; glitch++)
        {
            world.Upses[1].Status = "OB";
            for (var i = 0; i < 8; i++)
                Canaries(world, answers: true).Run(0.5);
            world.Upses[1].Status = "OL";
            Canaries(world, answers: true).Run(5);
            Assert.Null(world.State.Upses[1].ConfirmedAt);
        }
        Assert.Empty(world.Effects);
        Assert.Contains(world.Notices, n => n.Type == "plan.witnessDoubts");
    }

    [Fact]
    public void Doubt_SaysSo_AndSoDoesAgreement()
    {
        var world = Canaries(With(), answers: true);
        world.Upses[1].Status = "OB";
        Canaries(world.Run(0.6), answers: true).Run(0.1);
        Assert.Contains(Notes(world), n => n.Contains("mains is still there at lamp: confirmed if it lasts for 10 s"));
        Canaries(world, answers: false);
        var agreed = Assert.Single(world.Notices, n => n.Type == "plan.witnessAgrees"); // and confirmed with it
        Assert.Contains("mains is gone at lamp too", agreed.Message);
        Assert.True(world.State.Upses[1].OnBattery);
    }

    private static IEnumerable<string> Notes(World world) =>
        [Explanation.Of(world.Model, world.State, world.Moment).Sentence.ToString()];

    [Fact]
    public void Doubt_ThenSilenceOfTheUps_IsConfirmedByDeadSeconds()
    {
        var world = Canaries(With(), answers: true);
        world.Upses[1].Status = "OB";
        Canaries(world.Run(0.6), answers: true);
        world.Upses[1].Reachable = false;
        Assert.Equal(15, Confirmed(world, _ => true) ?? 0, 0.6); // A4: never blocked for ever
    }

    [Theory]
    [InlineData("OL", "house", 10.0)] // the other one of the circuit is on line by fresh readings
    [InlineData("OB", "house", 0.5)] // both on battery
    [InlineData("OL", null, 3.0)] // no circuit is known
    public void OtherUpsOfTheCircuit_IsAWitnessToo(string other, string? circuit, double seconds)
    {
        var world = With(upses: 2, circuit: circuit);
        (world.Upses[1].Status, world.Upses[2].Status) = ("OB", other);
        Assert.Equal(seconds, Confirmed(world) ?? 0, 0.11);
    }

    [Fact]
    public void UpsOfTheCircuitThatIsNotThePlans_IsAWitness_AndNothingElse()
    {
        var world = With(circuit: "house");
        world.Model = world.Model with
        {
            Witnesses = world.Model.Witnesses.Add(9, world.Model.Upses[1] with { UpsId = 9, Name = "attic" }),
        };
        world.Upses[9] = new SimUps { Status = "OB LB", InputVoltage = null };
        world.Run(60);
        Assert.Null(world.State.Cycle); // it triggers nothing
        world.Upses[9].Status = "OL";
        world.Run(20);
        world.Upses[1].Status = "OB";
        Assert.Equal(10, Confirmed(world));
    }

    [Fact]
    public void PlanLengthensConfirmation_AndNeverShortensIt()
    {
        var world = With();
        world.Model = world.Model with
        {
            Definition = world.Model.Definition with { ConfirmSeconds = 6, DeadSeconds = 2 },
        };
        world.Run(1).Upses[1].Status = "OB";
        Assert.Equal(6, Confirmed(world)); // A4
        Assert.Equal(15, world.State.Upses[1].Policy.DeadSeconds);
    }

    /// <summary>A worst case over many moments: the canary's word changes when it likes, and no real outage is confirmed
    /// later than the bound.</summary>
    [Fact]
    public void RealOutage_IsNeverDelayedBeyondTheBound()
    {
        foreach (var confirm in new[] { 1.0, 3, 5 })
        {
            foreach (var flip in new[] { 0.2, 0.7, 1.3, 2.9, 4.1, 9.9, 12 })
            {
                var world = Canaries(With(confirm: confirm), answers: true);
                world.Upses[1].Status = "OB";
                var seconds = Confirmed(world, at => (int)(at / flip) % 2 == 0);
                Assert.InRange(seconds ?? 99, 0.4, Math.Max(3 * confirm, 10));
            }
        }
    }

    private static World Lost(World world, bool canary, bool hostAnswers = true)
    {
        foreach (var ups in world.Upses.Values)
            ups.Reachable = false;
        if (!hostAnswers)
            (world.Hosts[1].Dead, _) = (true, 0);
        world.Run(1);
        for (var i = 0; i < 40; i++)
            Canaries(world, canary).Run(0.5);
        return world;
    }

    [Fact]
    public void AllLost_CanarySilent_HostAnswers_IsAnOutage()
    {
        var world = Lost(Canaries(With(upses: 2, loss: true), answers: true), canary: false);
        Assert.All(world.State.Upses.Values, u => Assert.True(u.OnBattery && u.ByLoss));
        Assert.Single(world.Notices, n => n.Type == "plan.lossIsOutage");
        Assert.NotEmpty(world.Asked(StepAction.Shutdown)); // on battery and silent for deadSeconds (I7)
    }

    [Theory]
    [InlineData(false, false, true)] // not opted in
    [InlineData(true, true, true)] // the canary answers
    [InlineData(true, false, false)] // nobody on UPS power answers: it may be the network
    public void AllLost_Otherwise_IsNoOutage(bool loss, bool canary, bool host)
    {
        var world = Canaries(With(upses: 2, loss: loss), answers: true);
        if (!host)
            world = Canaries(NoWitness(loss), answers: true);
        Lost(world, canary, host);
        Assert.Empty(world.Effects); // I7
        Assert.DoesNotContain(world.State.Upses.Values, u => u.ByLoss);
    }

    private static World NoWitness(bool loss)
    {
        var world = With(upses: 2, loss: loss);
        world.Hosts[1] = new SimHost { Witness = null };
        return world.Run(1);
    }

    [Fact]
    public void OneOfTwoLost_IsNoOutage()
    {
        var world = Canaries(With(upses: 2, loss: true), answers: true);
        world.Upses[1].Reachable = false;
        for (var i = 0; i < 60; i++)
            Canaries(world, answers: false).Run(0.5);
        Assert.Empty(world.Effects);
    }

    [Fact]
    public void LostOneAfterTheOther_IsNoOutage()
    {
        var world = Canaries(With(upses: 2, loss: true), answers: true);
        world.Upses[1].Reachable = false;
        Canaries(world.Run(11), answers: true);
        Assert.Empty(Lost(world, canary: false).Effects);
    }

    [Fact]
    public void LossTakenForAnOutage_EndsWhenTheCanaryAnswersAgain()
    {
        var world = Canaries(With(upses: 2, loss: true), answers: true);
        world.Model = world.Model with { Definition = world.Model.Definition with { DeadSeconds = 300 } };
        Lost(world, canary: false);
        Assert.Contains(world.State.Upses.Values, u => u.ByLoss);
        for (var i = 0; i < 25; i++)
            Canaries(world, answers: true).Run(0.5);
        Assert.DoesNotContain(world.State.Upses.Values, u => u.ByLoss || u.InOutage);
        Assert.Contains(world.Notices, n => n.Type == "plan.lossTakenBack");
    }

    [Fact]
    public void Restart_ForgetsWhatTheCanarySaid()
    {
        var world = Canaries(With(), answers: true).Restart();
        Assert.Empty(world.State.Canaries); // EverAnswered is of this process
        Assert.Null(world.State.Cycle);
    }
}
