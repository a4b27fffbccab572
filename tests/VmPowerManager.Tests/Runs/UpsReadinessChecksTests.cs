using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Runs;

/// <summary>The questions behind the readiness of a UPS that is cut, from what was found of it.</summary>
public sealed class UpsReadinessChecksTests
{
    private static readonly UpsAnswer<UpsCutAbility> Cut = new(
        new UpsCutAbility("shutdown.return", TimeSpan.FromMinutes(10), true),
        null
    );

    private static readonly UpsProbed Nut = new(
        [new("connect", CheckState.Ok, $"in"), new("login", CheckState.Ok, $"The server accepts {"vhpm"}.")],
        UpsTrust.Proven,
        Cut
    )
    {
        LoginTellsRights = true,
    };

    private static readonly UpsEvidence Unseen = UpsEvidence.Unseen(new UpsPolicy { UpsId = 1, Name = "ups1" });

    [Fact]
    public void Nut_ThatAcceptsUs_IsReady_AndSaysWhatShowsOnlyThen()
    {
        var checks = Of(Nut);
        Assert.All(checks, c => Assert.Equal((ReadinessState.Ok, null), (c.State, c.Advice)));
        Assert.Equal(
            "The server accepts vhpm. It offers shutdown.return; whether it takes that from us shows only when it is asked to.",
            checks[2].Detail
        );
    }

    /// <summary>A community that may read looks like one that may write.</summary>
    [Fact]
    public void Snmp_WhetherItMayWrite_IsNotKnown()
    {
        var checks = Of(Nut with { Trust = UpsTrust.None, LoginTellsRights = false });
        Assert.Equal([ReadinessState.Ok, ReadinessState.Unknown, ReadinessState.Unknown], checks.Select(c => c.State));
        Assert.Contains("shutdown.return", checks[2].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeCut_IsNotAllowed()
    {
        var checks = Of(Nut with { Cut = new(null, "It has no such command.") });
        Assert.Equal((ReadinessState.Failed, "It has no such command."), (checks[2].State, checks[2].Detail));
        Assert.Equal("no user", Of(Nut with { AgainstOrders = Sentence.Verbatim("no user") })[2].Detail);
    }

    [Fact]
    public void SecondaryOfUpsmon_IsAWarning()
    {
        var login = new UpsCheck("login", CheckState.Warning, $"as an upsmon secondary only");
        Assert.Equal(ReadinessState.Warning, Of(Nut with { Checks = [Nut.Checks[0], login] })[2].State);
    }

    [Theory]
    [InlineData("connect", ReadinessState.Failed, ReadinessState.Unknown, ReadinessState.Unknown)]
    [InlineData("mib", ReadinessState.Failed, ReadinessState.Unknown, ReadinessState.Unknown)]
    [InlineData("tls", ReadinessState.Ok, ReadinessState.Failed, ReadinessState.Unknown)]
    [InlineData("login", ReadinessState.Ok, ReadinessState.Ok, ReadinessState.Failed)]
    public void WhatFailed_AnswersItsQuestion(
        string step,
        ReadinessState reachable,
        ReadinessState trusted,
        ReadinessState allowed
    )
    {
        var checks = Of(Nut with { Checks = [new(step, CheckState.Failed, $"its words")], Cut = null });
        Assert.Equal([reachable, trusted, allowed], checks.Select(c => c.State));
        var failed = Assert.Single(checks, c => c.State == ReadinessState.Failed);
        Assert.Equal("its words", failed.Detail);
        Assert.NotNull(failed.Advice);
    }

    [Fact]
    public void AnyCertificate_IsAWarning() =>
        Assert.Equal(ReadinessState.Warning, Of(Nut with { Trust = UpsTrust.AnyCertificate })[1].State);

    [Fact]
    public void Polls_AreNewerThanAProbe()
    {
        var lost = Unseen with { Fault = new CommFault(CommFaultKind.Unreachable, "no route") };
        Assert.Equal((ReadinessState.Failed, "no route"), State(Of(Nut, lost)[0]));
        var reading = new UpsReading
        {
            At = RunSamples.Noon,
            Taken = default,
            Status = UpsStatus.OL,
        };
        var heard = Unseen with { Comm = Comm.Ok, Last = reading };
        Assert.Equal((ReadinessState.Ok, "It answers."), State(new UpsReadinessChecks(heard, null).All()[0]));
    }

    [Fact]
    public void NobodyLookedYet_IsNotKnown() =>
        Assert.All(new UpsReadinessChecks(null, null).All(), c => Assert.Equal(ReadinessState.Unknown, c.State));

    private static (ReadinessState, string?) State(ReadinessCheck check) => (check.State, check.Detail);

    private static IReadOnlyList<ReadinessCheck> Of(UpsProbed probe, UpsEvidence? seen = null) =>
        new UpsReadinessChecks(seen, new UpsChecked(RunSamples.Noon, probe)).All();
}
