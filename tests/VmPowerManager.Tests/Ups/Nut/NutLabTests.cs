using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>The driver against the real upsd.</summary>
public sealed class NutLabTests(UpsdOfFour upsd) : IClassFixture<UpsdOfFour>
{
    private readonly NutDriver _driver = NutLabDevices.Driver();

    [Fact]
    public async Task FourUpses_OfOneServer_HaveOneConnection()
    {
        var lab = upsd.Lab;
        var before = lab.Connections();
        var sessions = Enumerable.Range(1, 4).Select(i => _driver.Open(lab, $"ups{i}")).ToList();

        for (var round = 0; round < 20; round++)
        {
            foreach (var session in sessions)
                await session.ReadAsync(default);
            await Task.WhenAll(sessions.Select(s => s.ReadStatusAsync(default)));
            await Task.WhenAll(sessions.Select(s => s.CommandsAsync(default)));
        }

        // On a busy machine one may have been given up and replaced: its end at upsd lives a little longer.
        await Soon.BecomesTrueAsync(() => Task.FromResult(lab.Connections() == before + 1), "one connection for all");
        foreach (var session in sessions)
            await session.DisposeAsync();
        await Soon.BecomesTrueAsync(() => Task.FromResult(lab.Connections() == before), "the connection is closed");
    }

    [Fact]
    public async Task List_Server_NamesItsUpses()
    {
        var lab = upsd.Lab;

        var found = await _driver.ListAsync(NutLabDevices.Of(lab, "any"), default);

        Assert.Contains(new UpsListed("ups2", "Lab \"ups2\""), found);
        Assert.Equal(["ups1", "ups2", "ups3", "ups4"], found.Select(u => u.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Alarm_WithItsText_ComesWithTheStatus()
    {
        var lab = upsd.Lab;
        await using var session = _driver.Open(lab, "ups3");
        Assert.DoesNotContain(UpsReadingView.AlarmText, (await session.ReadStatusAsync(default)).Variables.Keys);

        await lab.SetAsync("ups3", "ups.status", "ALARM OL RB");
        var reading = await session.ReadStatusAsync(default);

        Assert.Equal(UpsStatus.ALARM | UpsStatus.OL | UpsStatus.RB, reading.Status);
        Assert.Equal("Replace battery!", reading.Variables[UpsReadingView.AlarmText]);
    }

    [Fact]
    public async Task Orders_OfTheServer_TellWhatBecameOfThem()
    {
        var lab = upsd.Lab;
        await using var session = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword);
        await using var reader = _driver.Open(lab, "ups1");

        var low = (await session.WritableAsync(default)).Single(v => v.Name == "battery.charge.low");
        Assert.Equal((UpsWritableKind.Number, "20"), (low.Kind, low.Value));
        Assert.Equal("Remaining battery level when UPS switches to LB (percent)", low.Description);
        Assert.Equal(UpsCommandOutcome.Done, await session.SetAsync(low.Name, "30", default));
        await Until.TrueAsync(async () =>
            (await session.ReadAsync(default)).Variables[low.Name] == "30" ? "set" : null
        );
        Assert.Equal("Turn off the load immediately", await session.DescribeCommandAsync("load.off", default));
        Assert.Null(await session.DescribeCommandAsync("unheard.of", default));

        // dummy-ups offers it, upsd passes it on, and the driver then does not know it.
        var failed = await Assert.ThrowsAsync<DeviceException>(() => session.ExecuteAsync("load.off", null, default));
        Assert.Contains("load.off was accepted, but then: ERR UNKNOWN", failed.Message, StringComparison.Ordinal);
        var denied = await Assert.ThrowsAsync<DeviceException>(() => reader.SetAsync(low.Name, "40", default));
        Assert.Equal(DeviceFault.AuthenticationFailed, denied.Fault);
        Assert.Null(await session.FindCutAsync(default));
    }

    [Theory]
    [InlineData("admin", "adminpass", CheckState.Ok, "The server accepts admin.")]
    [InlineData("primary", "primpass", CheckState.Ok, "The server accepts primary.")]
    [InlineData("secondary", "secpass", CheckState.Warning, "as an upsmon secondary only")]
    [InlineData("secondary", "wrong", CheckState.Failed, "ERR ACCESS-DENIED for secondary")]
    [InlineData("admin", "wrong", CheckState.Failed, "ERR ACCESS-DENIED for admin")]
    [InlineData("nobody", "adminpass", CheckState.Failed, "ERR ACCESS-DENIED for nobody")]
    public async Task Check_User_IsTriedInEarnest(string user, string password, CheckState state, string words)
    {
        var lab = upsd.Lab;
        await using var session = _driver.Open(lab, "ups1", user, password);

        var checks = await session.CheckAsync(default);

        var login = checks.Single(c => c.Name == "login");
        Assert.Equal(state, login.State);
        Assert.Contains(words, login.Detail, StringComparison.Ordinal);
        Assert.Equal(state == CheckState.Failed ? "login" : "read", checks[^1].Name);
        Assert.Equal("NUMLOGINS ups1 0", (await lab.AskAsync("GET NUMLOGINS ups1"))[0]);
    }
}

/// <summary>One upsd with four UPSes for all tests of a class; none where NUT is not.</summary>
public sealed class UpsdOfFour : IAsyncLifetime
{
    private UpsdLab? _lab;

    public UpsdLab Lab
    {
        get
        {
            UpsdLab.Require();
            return _lab ?? throw new InvalidOperationException("Not started.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (UpsdLab.Missing() is null)
            _lab = await UpsdLab.StartAsync(NutLabDevices.Some(4));
    }

    public ValueTask DisposeAsync() => _lab?.DisposeAsync() ?? ValueTask.CompletedTask;
}
