using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Runs;
using VmPowerManager.Tests.Hosts;
using VmPowerManager.Ups;

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

    [Fact]
    public void Judge_WhatTheNewestProbeFound_CountsWithoutARehearsal()
    {
        var done = Rehearsal(StepStatus.Done, StepStatus.Done);
        var rights = ACheck.Of("permissions", HostCheckState.Failed, "VM.PowerMgmt is missing");
        var ready = Judge(done, Kvm1, probe: new HostProbe([rights]));
        Assert.Equal((40, 40), (ready.Targets[0].Score, ready.Targets[1].Score));
        Assert.Contains("VM.PowerMgmt is missing", ready.Targets[0].Reasons[0].Text, StringComparison.Ordinal);
        // What the rehearsal or the listing says already is not said twice.
        Assert.Equal(
            ["checkFailed"],
            Codes(Judge(Rehearsal(StepStatus.Failed, StepStatus.Done), Kvm1, probe: new([rights])).Targets[0])
        );
        Assert.Equal(
            ["unreachable"],
            Codes(Judge(done, Kvm1 with { Fault = "gone" }, probe: new([rights])).Targets[0])
        );
        var host = Kvm1 with { WakeMethods = ["wol"] };
        var asleep = new HostProbe([
            ACheck.Of("wake[0].armed", HostCheckState.Failed, "eth0 is not armed"),
            ACheck.Of("clock", HostCheckState.Warning, "its clock is 90 s behind ours"),
        ]);
        Assert.Equal(["cannotBeWoken", "clockAstray"], Codes(Judge(done, host, probe: asleep).Targets[1]));
        Assert.Empty(Judge(done, host, probe: asleep).Targets[0].Reasons);
    }

    [Fact]
    public void Judge_AUpsThatIsCut_AnswersThreeQuestions()
    {
        var cut = new StepDefinition
        {
            Target = new() { UpsId = 1 },
            Action = StepAction.CutOutput,
        };
        var plan = Model.Definition with { Phases = [.. Model.Definition.Phases, new() { Id = "cut", Steps = [cut] }] };
        var view = new PlanView(
            Model with
            {
                Definition = plan,
            },
            new PlanState(),
            new Moment(default, RunSamples.Noon)
        );
        var denied = new UpsProbed(
            [new("connect", CheckState.Ok, $"in"), new("login", CheckState.Failed, $"ERR ACCESS-DENIED")],
            UpsTrust.None,
            null
        );
        var judged = new Readiness(view, null, [Kvm1], new Dictionary<int, HostChecked>(), RunSamples.Noon)
        {
            Upses = new Dictionary<int, UpsChecked> { [1] = new(RunSamples.Noon, denied) },
        }.Judge();

        var target = judged.Targets[^1];
        Assert.Equal(
            [HostAspect.Reachable, HostAspect.Trusted, HostAspect.Allowed],
            target.Checks.Select(c => c.Aspect)
        );
        Assert.Equal(ReadinessState.Failed, target.Checks[2].State);
        Assert.Contains("instcmds", target.Checks[2].Advice, StringComparison.Ordinal);
        Assert.Contains("probeFailed", Codes(target));
    }

    [Theory]
    [InlineData(120, true, false, 100)] // forced by the plan no later
    [InlineData(300, true, false, 80)]
    [InlineData(60, false, false, 80)] // never forced by the plan
    [InlineData(300, true, true, 100)]
    public void Judge_HighAvailabilityForcesAGuestOff_SaysWhatToDo(int timeout, bool forces, bool disarms, int score)
    {
        var guest = new StepDefinition
        {
            Target = new() { GuestId = 7 },
            TimeoutSeconds = timeout,
            OnTimeout = forces ? OnTimeout.ForceOff : OnTimeout.GiveUp,
            NeverForce = !forces,
        };
        var prepare = new StepDefinition
        {
            Target = new() { HostId = 1 },
            Action = StepAction.Command,
            Prepare = "haDisarmed",
        };
        var ha = Kvm1 with
        {
            Realm = "r",
            Forced = new Dictionary<string, PlatformForce> { ["vm"] = new(120, "haDisarmed") },
        };

        var ready = OfPhases(
            ha,
            new() { Id = "a", Steps = disarms ? [prepare] : [] },
            new() { Id = "b", Steps = [guest] }
        );
        var sameTime = OfPhases(ha, new PhaseDefinition { Id = "a", Steps = [prepare, guest] });
        var oneByOne = OfPhases(
            ha,
            new PhaseDefinition
            {
                Id = "a",
                Parallel = false,
                Steps = [prepare, guest],
            }
        );

        var judged = ready.Targets.Single(t => t.Target.Name == "vm");
        Assert.Equal(score, judged.Score + 40); // never rehearsed
        var told = judged.Reasons.SingleOrDefault(r => r.Code == "forcedByPlatform");
        Assert.Equal(score == 100, told is null);
        if (told is null)
            return;
        Assert.Contains("forces it off 120 s after it is asked", told.Text, StringComparison.Ordinal);
        Assert.Contains("a phase before disarm high availability", told.Text, StringComparison.Ordinal);
        Assert.Contains(judged.Checks, c => c.Aspect == HostAspect.Platform && c.State == ReadinessState.Warning);
        Assert.Contains("forcedByPlatform", Codes(sameTime.Targets.Single(t => t.Target.Name == "vm")));
        Assert.DoesNotContain("forcedByPlatform", Codes(oneByOne.Targets.Single(t => t.Target.Name == "vm")));
    }

    private static ReadinessView OfPhases(HostSnapshot host, params PhaseDefinition[] phases)
    {
        var model = Model with { Definition = Model.Definition with { Phases = [.. phases] } };
        var now = new Moment(TimeSpan.Zero, RunSamples.Noon);
        var probes = new Dictionary<int, HostChecked>();
        return new Readiness(new PlanView(model, new PlanState(), now), null, [host], probes, now.Wall).Judge();
    }

    private static string[] Codes(TargetReadiness target) => [.. target.Reasons.Select(r => r.Code)];

    private static ReadinessView Judge(RunRecord? rehearsal, HostSnapshot host, int days = 0, HostProbe? probe = null)
    {
        var probes = new Dictionary<int, HostChecked>();
        if (probe is not null)
            probes[1] = new HostChecked(RunSamples.Noon, probe);
        var now = new Moment(TimeSpan.Zero, RunSamples.Noon.AddDays(days));
        return new Readiness(new PlanView(Model, new PlanState(), now), rehearsal, [host], probes, now.Wall).Judge();
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
