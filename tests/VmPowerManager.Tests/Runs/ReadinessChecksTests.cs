using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Runs;
using VmPowerManager.Tests.Hosts;

namespace VmPowerManager.Tests.Runs;

/// <summary>The questions behind the readiness of one target, and who answers them.</summary>
public sealed class ReadinessChecksTests
{
    private static readonly DateTimeOffset Noon = RunSamples.Noon;

    private static readonly HostSnapshot Kvm1 = new()
    {
        Id = 1,
        Name = "kvm1",
        Platform = "libvirt",
        Capabilities = HostCapabilities.Guests | HostCapabilities.GuestAgent | HostCapabilities.HostShutdown,
        WakeMethods = ["wol", "ipmi"],
        Guests = [Vm("a", AgentState.Running), Vm("b", AgentState.Silent), Vm("c", AgentState.Absent)],
    };

    private static readonly HostProbe Good = new([
        ACheck.Of("connect", HostCheckState.Ok, "kvm1:22 answers"),
        ACheck.Of("hostKey", HostCheckState.Ok, "SHA256:abc is the pinned key"),
        ACheck.Of("login", HostCheckState.Ok, "logged in as power"),
        ACheck.Of("shutdownCommand", HostCheckState.Ok, "/usr/sbin/shutdown"),
        ACheck.Of("agents", HostCheckState.Ok, "all answer"),
        ACheck.Of("clock", HostCheckState.Ok, "its clock agrees with ours"),
        ACheck.Of("wake[0].packet", HostCheckState.Ok, "to every network"),
        ACheck.Of("wake[1].connect", HostCheckState.Ok, "bmc answers"),
    ]);

    [Fact]
    public void Host_IsAskedAllSixQuestions_InTheWordsOfThePeer()
    {
        var checks = OfHost(Kvm1, Good);

        Assert.Equal(
            [
                HostAspect.Reachable,
                HostAspect.Trusted,
                HostAspect.Allowed,
                HostAspect.Agent,
                HostAspect.Wake,
                HostAspect.Clock,
            ],
            checks.Select(c => c.Aspect)
        );
        Assert.All(checks, c => Assert.Equal((ReadinessState.Ok, null), (c.State, c.Advice)));
        Assert.Equal("logged in as power; /usr/sbin/shutdown", Of(checks, HostAspect.Allowed).Detail);
    }

    [Theory]
    [InlineData("connect", HostCheckState.Failed, HostAspect.Reachable, ReadinessState.Failed, "firewall")]
    [InlineData("hostKey", HostCheckState.Failed, HostAspect.Trusted, ReadinessState.Failed, "compare and approve")]
    [InlineData("certificate", HostCheckState.Failed, HostAspect.Trusted, ReadinessState.Failed, "compare and approve")]
    [InlineData("login", HostCheckState.Failed, HostAspect.Allowed, ReadinessState.Failed, "Correct the user name")]
    [InlineData("permissions", HostCheckState.Failed, HostAspect.Allowed, ReadinessState.Failed, "Give the account")]
    [InlineData("privileges", HostCheckState.Failed, HostAspect.Allowed, ReadinessState.Failed, "Give the account")]
    [InlineData("rights", HostCheckState.Failed, HostAspect.Allowed, ReadinessState.Failed, "Give the account")]
    [InlineData(
        "shutdownCommand",
        HostCheckState.Failed,
        HostAspect.Allowed,
        ReadinessState.Failed,
        "Give the account"
    )]
    [InlineData("agents", HostCheckState.Warning, HostAspect.Agent, ReadinessState.Warning, "Install or restart")]
    [InlineData("clock", HostCheckState.Warning, HostAspect.Clock, ReadinessState.Warning, "NTP")]
    [InlineData("quorum", HostCheckState.Failed, HostAspect.Platform, ReadinessState.Failed, "missing nodes")]
    public void CheckThatFails_SaysWhatToDo(
        string name,
        HostCheckState state,
        HostAspect aspect,
        ReadinessState shown,
        string advice
    )
    {
        var checks = Good.Checks.Where(c => c.Name != name).Append(ACheck.Of(name, state, "the peer's words"));

        var check = Of(OfHost(Kvm1, new HostProbe([.. checks])), aspect);

        Assert.Equal((shown, "the peer's words"), (check.State, check.Detail));
        Assert.Contains(advice, check.Advice, StringComparison.Ordinal);
        Assert.Equal(Noon, check.CheckedAt);
    }

    [Fact]
    public void Wake_OneWayThatWorks_IsEnough()
    {
        var one = ACheck.Of("wake[0].armed", HostCheckState.Failed, "eth0 is not armed (Wake-on: d)");
        var both = ACheck.Of("wake[1].connect", HostCheckState.Failed, "no route to host");

        var warned = Of(OfHost(Kvm1, new([one, .. Good.Checks.Skip(6)])), HostAspect.Wake);
        var failed = Of(OfHost(Kvm1, new([one, both])), HostAspect.Wake);
        var none = Of(OfHost(Kvm1 with { WakeMethods = [] }, Good), HostAspect.Wake);

        Assert.Equal((ReadinessState.Warning, one.Detail), (warned.State, warned.Detail));
        Assert.Equal((ReadinessState.Failed, $"{one.Detail}; {both.Detail}"), (failed.State, failed.Detail));
        Assert.Equal(ReadinessState.Warning, none.State);
        Assert.Contains("Set a way to wake it", none.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", ReadinessState.Ok, ReadinessState.Ok)]
    [InlineData("b", ReadinessState.Failed, ReadinessState.Failed)]
    [InlineData("c", ReadinessState.Warning, ReadinessState.Failed)]
    public void Guest_IsAskedForItsOwnAgent(string id, ReadinessState byAnyWay, ReadinessState byAgent)
    {
        var checks = new ReadinessChecks(Step(id, null), Kvm1, new(Noon, Good)).All();
        var asked = new ReadinessChecks(Step(id, Via.Agent), Kvm1, new(Noon, Good)).All();

        Assert.Equal(
            [HostAspect.Reachable, HostAspect.Trusted, HostAspect.Allowed, HostAspect.Agent],
            checks.Select(c => c.Aspect)
        );
        Assert.Equal((byAnyWay, byAgent), (checks[^1].State, asked[^1].State));
        Assert.Equal(byAnyWay == ReadinessState.Ok, checks[^1].Advice is null);
    }

    [Fact]
    public void NobodyLookedYet_IsNotKnown_AndNeitherGoodNorBad()
    {
        var checks = new ReadinessChecks(OfHostStep, Kvm1 with { RefreshedAt = null }, null).All();

        Assert.Equal(
            [ReadinessState.Unknown],
            checks.Where(c => c.Aspect != HostAspect.Agent).Select(c => c.State).Distinct()
        );
        Assert.Equal("Nobody has looked yet.", Of(checks, HostAspect.Clock).Advice);
        var seen = new ReadinessChecks(OfHostStep, Kvm1 with { RefreshedAt = Noon }, null).All();
        Assert.Equal(ReadinessState.Ok, Of(seen, HostAspect.Reachable).State);
    }

    [Theory]
    [InlineData(DeviceFault.Unreachable, HostAspect.Reachable)]
    [InlineData(DeviceFault.Timeout, HostAspect.Reachable)]
    [InlineData(DeviceFault.TrustChanged, HostAspect.Trusted)]
    [InlineData(DeviceFault.AuthenticationFailed, HostAspect.Allowed)]
    public void WhatIsMetNow_IsNewerThanAProbe(DeviceFault fault, HostAspect aspect)
    {
        var check = Of(OfHost(Kvm1 with { Fault = "its words now", FaultKind = fault }, Good), aspect);

        Assert.Equal((ReadinessState.Failed, "its words now"), (check.State, check.Detail));
        Assert.NotNull(check.Advice);
    }

    [Fact]
    public void NoWayIn_LeavesTheRestUnknown()
    {
        var checks = OfHost(Kvm1, new([ACheck.Of("connect", HostCheckState.Failed, "no route to host")]));

        Assert.Equal(ReadinessState.Failed, Of(checks, HostAspect.Reachable).State);
        Assert.Equal(
            (ReadinessState.Unknown, "It could not be looked at: there was no way in."),
            (Of(checks, HostAspect.Clock).State, Of(checks, HostAspect.Clock).Advice)
        );
        var since = OfHost(
            Kvm1 with
            {
                RefreshedAt = Noon.AddMinutes(1),
            },
            new([ACheck.Of("connect", HostCheckState.Failed, "no route to host")])
        );
        Assert.Equal(ReadinessState.Ok, Of(since, HostAspect.Reachable).State);
    }

    private static ReadinessCheck Of(IReadOnlyList<ReadinessCheck> checks, HostAspect aspect) =>
        checks.Single(c => c.Aspect == aspect);

    private static IReadOnlyList<ReadinessCheck> OfHost(HostSnapshot host, HostProbe probe) =>
        new ReadinessChecks(OfHostStep, host, new HostChecked(Noon, probe)).All();

    private static readonly StepState OfHostStep = new()
    {
        Phase = "a",
        PhaseIndex = 0,
        Action = StepAction.Shutdown,
        Target = new()
        {
            Kind = TargetKind.Host,
            Id = 1,
            HostId = 1,
            Name = "kvm1",
        },
    };

    private static StepState Step(string id, Via? via) =>
        OfHostStep with
        {
            Target = new()
            {
                Kind = TargetKind.Guest,
                HostId = 1,
                Name = id,
                Realm = "r",
                ExternalId = id,
            },
            Ladder = [new() { Action = StepAction.Shutdown, Via = via }],
        };

    private static GuestSnapshot Vm(string id, AgentState agent) =>
        new()
        {
            HostId = 1,
            Realm = "r",
            ExternalId = id,
            Name = id,
            State = GuestState.Running,
            Agent = agent,
        };
}
