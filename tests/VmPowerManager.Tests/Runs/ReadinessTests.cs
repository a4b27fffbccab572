using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>How ready a plan of one guest and its host is.</summary>
public sealed class ReadinessTests
{
    private static readonly GuestModel Vm = new()
    {
        Realm = "r",
        ExternalId = "vm",
        Id = 7,
        Name = "vm",
        HostId = 1,
    };

    private static readonly HostSnapshot Kvm1 = new()
    {
        Id = 1,
        Name = "kvm1",
        Platform = "libvirt",
        Witness = "192.0.2.1",
        Guests =
        [
            new GuestSnapshot
            {
                Id = 7,
                HostId = 1,
                Realm = "r",
                ExternalId = "vm",
                Name = "vm",
                State = GuestState.Running,
                Agent = AgentState.Running,
            },
        ],
    };

    private static readonly PlanModel Model = new()
    {
        PlanId = 1,
        Revision = 3,
        Definition = new PlanDefinition
        {
            Name = "Homelab",
            Phases =
            [
                new()
                {
                    Id = "all",
                    Steps = [new() { Target = new() { GuestId = 7 } }, new() { Target = new() { HostId = 1 } }],
                },
            ],
        },
        Hosts = ImmutableSortedDictionary<int, HostModel>.Empty.Add(
            1,
            new HostModel
            {
                Id = 1,
                Name = "kvm1",
                WakeMethods = ["wol"],
            }
        ),
        Guests = PlanModel.Guestless.Add(Vm.Key, Vm),
    };

    [Fact]
    public void Judge_AllChecked_Yesterday_IsReady()
    {
        var ready = Judge(Rehearsal(StepStatus.Done, StepStatus.Done), Kvm1, days: 1);
        Assert.Equal((100, 7), (ready.Score, ready.RunId));
        Assert.All(ready.Targets, t => Assert.Empty(t.Reasons));
    }

    [Fact]
    public void Judge_NeverRehearsed_SaysSoOfAll()
    {
        var ready = Judge(null, Kvm1);
        Assert.Equal((50, "neverRehearsed"), (ready.Score, Assert.Single(ready.Reasons).Code));
        Assert.All(ready.Targets, t => Assert.Equal("neverChecked", Assert.Single(t.Reasons).Code));
    }

    [Fact]
    public void Judge_AFailedCheck_LeavesNothing()
    {
        var ready = Judge(Rehearsal(StepStatus.Failed, StepStatus.Done), Kvm1);
        Assert.Equal((0, 0, 100), (ready.Score, ready.Targets[0].Score, ready.Targets[1].Score));
        Assert.Contains("no sudo", ready.Targets[0].Reasons[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 100)]
    [InlineData(9, 75)]
    public void Judge_ARehearsalOlderThanEightDays_IsStale(int days, int score) =>
        Assert.Equal(score, Judge(Rehearsal(StepStatus.Done, StepStatus.Done), Kvm1, days).Score);

    [Fact]
    public void Judge_WhatIsKnownNow_CountsWithoutARehearsal()
    {
        var done = Rehearsal(StepStatus.Done, StepStatus.Done);
        Assert.Equal(["unreachable"], Codes(Judge(done, Kvm1 with { Fault = "no answer" }).Targets[0]));
        var changed = Kvm1 with { Fault = "another key", FaultKind = DeviceFault.TrustChanged };
        Assert.Equal(0, Judge(done, changed).Score);
        Assert.Equal(["noWitness"], Codes(Judge(done, Kvm1 with { Witness = null }).Targets[1]));
        var mute = Kvm1 with { Guests = [Kvm1.Guests[0] with { Agent = AgentState.Absent }] };
        Assert.Equal(["agentAbsent"], Codes(Judge(done, mute).Targets[0]));
    }

    [Fact]
    public void Judge_APlanChangedSince_LosesALittle()
    {
        var run = Rehearsal(StepStatus.Done, StepStatus.Done);
        run = run with { State = run.State with { Model = Model with { Revision = 2 } } };
        Assert.Equal((95, "changedSince"), (Judge(run, Kvm1).Score, Judge(run, Kvm1).Reasons[0].Code));
    }

    private static string[] Codes(TargetReadiness target) => [.. target.Reasons.Select(r => r.Code)];

    private static ReadinessView Judge(RunRecord? rehearsal, HostSnapshot host, int days = 0)
    {
        var now = new Moment(TimeSpan.Zero, RunSamples.Noon.AddDays(days));
        return new Readiness(new PlanView(Model, new PlanState(), now), rehearsal, [host], now.Wall).Judge();
    }

    private static RunRecord Rehearsal(StepStatus guest, StepStatus host)
    {
        var steps = StepList.Shutdown(Model, new PlanState());
        var run = RunSamples.Run(
            RunKind.Rehearsal,
            steps[0] with
            {
                Status = guest,
                Detail = Core.Sentence.Verbatim("no sudo"),
            },
            steps[1] with
            {
                Status = host,
            }
        );
        return RunSamples.Record((run with { Model = Model }).Ended(RunStatus.Succeeded, 0));
    }
}
