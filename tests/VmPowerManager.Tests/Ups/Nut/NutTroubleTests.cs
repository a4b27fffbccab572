using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>The driver against a real upsd that is told to make trouble.</summary>
public sealed class NutTroubleTests
{
    private readonly NutDriver _driver = NutLabDevices.Driver();

    [Fact]
    public async Task Fsd_OfTheServer_ActsWhenItRisesAndIsLatchedAfterMainsReturn()
    {
        UpsdLab.Require();
        await using var lab = await UpsdLab.StartAsync(NutLabDevices.Some(2));
        await using var session = _driver.Open(lab, "ups1");
        var policy = new UpsPolicy { UpsId = 1, Name = "ups1" };
        var evidence = await SeeAsync(UpsEvidence.Unseen(policy), session);
        Assert.Equal((Comm.Ok, false, false), (evidence.Comm, evidence.FsdActive, evidence.FsdLatched));

        await lab.SetAsync("ups1", "ups.status", "OB DISCHRG LB");
        evidence = await SeeAsync(evidence, session);
        var said = await lab.AskAsync("USERNAME primary", "PASSWORD primpass", "PRIMARY ups1", "FSD ups1");
        Assert.Equal("OK FSD-SET", said[^1]);
        evidence = await SeeAsync(evidence, session);
        Assert.Equal((true, false), (evidence.FsdActive, evidence.FsdLatched));
        Assert.Equal(UpsStatus.FSD | UpsStatus.OB | UpsStatus.DISCHRG | UpsStatus.LB, evidence.Last?.Status);

        // upsd keeps the FSD when mains is back.
        var set = await lab.AskAsync(
            "USERNAME admin",
            "PASSWORD adminpass",
            "SET VAR ups1 ups.status OL",
            "GET VAR ups2 ups.status"
        );
        Assert.Equal("VAR ups2 ups.status \"OL\"", set[^1]);
        await Until.TrueAsync(async () =>
            (evidence = await SeeAsync(evidence, session)).Last is { Status: UpsStatus.FSD | UpsStatus.OL } last
                ? last
                : null
        );
        Assert.Equal((false, true), (evidence.FsdActive, evidence.FsdLatched));

        // Seen for the first time with mains there, as after a start of this program.
        var first = await SeeAsync(UpsEvidence.Unseen(policy), session);
        Assert.Equal((false, true, true), (first.FsdActive, first.FsdLatched, first.OnLine));
        Assert.Null(first.CriticalBecause(first.Last?.Taken ?? default));
    }

    [Fact]
    public async Task Server_GoesAndComesBack_IsFoundAgain()
    {
        UpsdLab.Require();
        await using var lab = await UpsdLab.StartAsync(NutLabDevices.Some(2));
        await using var session = _driver.Open(lab, "ups1");
        await session.ReadStatusAsync(default);

        lab.Stop();
        var failure = await Assert.ThrowsAsync<DeviceException>(() => session.ReadStatusAsync(default));
        Assert.Equal(DeviceFault.Unreachable, failure.Fault);
        await lab.StartAgainAsync();

        var reading = await Until.TrueAsync(() => ReadAsync(session));
        Assert.Equal(UpsStatus.OL, reading.Status);
    }

    [Fact]
    public async Task Certificate_Changes_IsRefusedUntilItIsApproved()
    {
        UpsdLab.Require(tls: true);
        await using var lab = await UpsdLab.StartAsync(NutLabDevices.Some(2), tls: true);
        await using var any = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword, "");
        var tls = (await any.CheckAsync(default)).Single(c => c.Name == "tls");
        Assert.Equal(CheckState.Warning, tls.State);
        Assert.Equal(lab.Fingerprint, tls.Offer?.Value.Replace(":", "", StringComparison.Ordinal));
        await using var pinned = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword, tls.Offer?.Value);
        Assert.Equal(UpsStatus.OL, (await pinned.ReadStatusAsync(default)).Status);
        Assert.All(await pinned.CheckAsync(default), check => Assert.Equal(CheckState.Ok, check.State));

        lab.Stop();
        await lab.StartAgainAsync();

        await Until.TrueAsync(async () => await FaultAsync(pinned) == DeviceFault.TrustChanged ? "refused" : null);
        var refused = (await pinned.CheckAsync(default))[^1];
        Assert.Equal(("tls", CheckState.Failed), (refused.Name, refused.State));
        Assert.Contains("is pinned", refused.Detail, StringComparison.Ordinal);
        await using var approved = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword, lab.Fingerprint);
        Assert.Equal(UpsStatus.OL, (await approved.ReadStatusAsync(default)).Status);
    }

    private static async Task<UpsReading?> ReadAsync(NutSession session)
    {
        try
        {
            return await session.ReadStatusAsync(default);
        }
        catch (Exception e) when (e is DeviceException or UpsStaleException)
        {
            return null;
        }
    }

    private static async Task<DeviceFault?> FaultAsync(NutSession session) =>
        (await Record.ExceptionAsync(() => session.ReadStatusAsync(default)) as DeviceException)?.Fault;

    private static async Task<UpsEvidence> SeeAsync(UpsEvidence evidence, NutSession session)
    {
        var reading = await session.ReadStatusAsync(default);
        return evidence.Observe(new UpsObservation(evidence.Policy.UpsId, reading.Taken, reading, null));
    }
}
