using System.Collections.Immutable;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Runs;
using HostView = VmPowerManager.Core.Engine.HostView;

namespace VmPowerManager.Tests.Runs;

/// <summary>Through which host a debt is paid, and when another than its own is asked (C10).</summary>
public sealed class DebtWaysTests
{
    private const string Kind = "haDisarmed";
    private static readonly TimeSpan At = TimeSpan.FromHours(1);

    /// <summary>The host that made the debt, and does not answer.</summary>
    private static readonly HostSnapshot Lost = Node(1) with { Fault = "no answer" };

    private static readonly CycleState Cycle = new()
    {
        OpenedAt = TimeSpan.Zero,
        OpenedWall = RunSamples.Noon,
        Acted = true,
        StartFailed = true,
    };

    private static readonly Debt Owed = new()
    {
        Id = 5,
        Kind = Kind,
        What = Sentence.Of($"HA disarmed"),
        MadeAt = RunSamples.Noon,
        Due = true,
        Target = new()
        {
            Kind = TargetKind.Host,
            HostId = 1,
            Id = 1,
            Name = "n1",
        },
    };

    private static readonly PlanState Stopped = new() { Debts = [Owed], Cycle = Cycle };

    public static TheoryData<string> Others => ["fault", "realm", "noQuorum", "kind", "notSeen"];

    [Fact]
    public void LostNode_AnotherOfItsClusterPays()
    {
        Assert.Equal(2, DebtWays.HostFor(Kind, 1, [Lost, Node(2)]));
        Assert.Equal((5L, 2), Of(Stopped, Lost, Node(2)));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void NobodyElseCan_ItStaysItsOwn(string why)
    {
        var other = why switch
        {
            "fault" => Node(2) with { Fault = "no answer" },
            "realm" => Node(2) with { Realm = "pve:other" },
            "noQuorum" => Node(2) with { NotReady = "no quorum" },
            "kind" => Node(2) with { SharedPreparations = ["cephNoout"] },
            _ => Node(2) with { Refreshed = null },
        };

        Assert.Equal(1, DebtWays.HostFor(Kind, 1, [Lost, other]));
        Assert.Null(Of(Stopped, Lost, other));
    }

    [Fact]
    public void ItsOwnHostAnswers_PaysItself()
    {
        Assert.Equal(1, DebtWays.HostFor(Kind, 1, [Node(1), Node(2)]));
        Assert.Null(Of(Stopped, Node(1), Node(2)));
        // The engine has seen it up, and pays by itself.
        var up = ImmutableSortedDictionary<int, HostView>.Empty.Add(1, new HostView { Answers = true });
        Assert.Null(Of(Stopped with { Hosts = up }, Lost, Node(2)));
    }

    [Fact]
    public void WhatOneHostDid_NoOtherUndoes()
    {
        var own = Owed with { Kind = "command", Undo = "true" };
        Assert.Equal(1, DebtWays.HostFor("command", 1, [Lost, Node(2)]));
        Assert.Null(Of(Stopped with { Debts = [own] }, Lost, Node(2)));
    }

    [Fact]
    public void NotYet_IsNotPaid()
    {
        // A startup comes, and pays at its end.
        Assert.Null(Of(Stopped with { Cycle = Cycle with { StartFailed = false } }, Lost, Node(2)));
        Assert.Null(Of(Stopped with { Cycle = Cycle with { StartWanted = true } }, Lost, Node(2)));
        // Its run did its work: the machines are down for as long as a person wants.
        Assert.Null(Of(Stopped with { Debts = [Owed with { Due = false }] }, Lost, Node(2)));
        // It is being paid, or has been given up.
        Assert.Null(Of(Stopped with { Debts = [Owed with { Status = DebtStatus.Paying }] }, Lost, Node(2)));
        Assert.Null(Of(Stopped with { Debts = [Owed with { Status = DebtStatus.Failed }] }, Lost, Node(2)));
        var run = RunSamples.Run(RunKind.Shutdown);
        Assert.Null(Of(Stopped with { Run = run }, Lost, Node(2)));
        Assert.NotNull(Of(Stopped with { Run = run with { Kind = RunKind.Rehearsal } }, Lost, Node(2)));
        // The outage is long over.
        Assert.NotNull(Of(Stopped with { Cycle = null, Debts = [Owed with { Due = false }] }, Lost, Node(2)));
    }

    [Fact]
    public void OutageKeepsMachinesDown_UnlessAPersonStoppedThePlan()
    {
        var policy = new UpsPolicy
        {
            UpsId = 1,
            Name = "a",
            ConfirmSeconds = 0,
        };
        var taken = At - TimeSpan.FromSeconds(1);
        var reading = new UpsReading
        {
            Status = UpsStatus.OB,
            At = RunSamples.Noon,
            Taken = taken,
        };
        var evidence = UpsEvidence.Unseen(policy, taken).Observe(new UpsObservation(1, taken, reading, null));
        var outage = Stopped with { Upses = Stopped.Upses.Add(1, evidence) };
        var hold = new HoldState { By = "ann", Since = RunSamples.Noon };

        Assert.Null(Of(outage, Lost, Node(2)));
        Assert.NotNull(Of(outage with { Hold = hold }, Lost, Node(2)));
    }

    [Fact]
    public void TwoDebts_TheNewestIsPaidFirst()
    {
        var second = Owed with { Id = 6, Kind = "cephNoout" };
        Assert.Equal((6L, 2), Of(Stopped with { Debts = [Owed, second] }, Lost, Node(2)));
    }

    private static (long, int)? Of(PlanState state, params HostSnapshot[] hosts)
    {
        var model = new PlanModel
        {
            PlanId = 1,
            Definition = new PlanDefinition { Name = "Cluster", UpsIds = [1] },
            Armed = true,
        };
        var view = new PlanView(model, state, new Moment(At, RunSamples.Noon));
        return DebtWays.Stranded(view, hosts) is { } stranded ? (stranded.Debt.Id, stranded.Through.Id) : null;
    }

    private static HostSnapshot Node(int id) =>
        new()
        {
            Id = id,
            Name = $"n{id}",
            Platform = "proxmox",
            Realm = "pve:one",
            SharedPreparations = [Kind, "cephNoout"],
            Refreshed = At,
        };
}
