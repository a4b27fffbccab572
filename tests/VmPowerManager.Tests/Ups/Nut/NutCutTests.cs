using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>The cut that comes back with mains (POLICY C9).</summary>
public sealed class NutCutTests
{
    private const string Off = "ups.delay.shutdown";
    private const string On = "ups.delay.start";
    private const string Timer = "ups.timer.shutdown";

    [Fact]
    public async Task Find_DeviceWithoutTheCommand_OffersNone()
    {
        await using var ups = new ScriptedUps { Commands = { "load.off", "shutdown.stayoff" } };
        await using var session = ups.Open();

        Assert.Null(await session.FindCutAsync(default));
        var failure = await Assert.ThrowsAsync<DeviceException>(() => session.CutAsync(TimeSpan.Zero, default));
        Assert.Equal(DeviceFault.Unsupported, failure.Fault);
        Assert.Empty(ups.Said("INSTCMD"));
    }

    [Theory]
    [InlineData("RANGE NUMBER", 600)]
    [InlineData("ENUM NUMBER", 180)]
    [InlineData("NUMBER", 600)]
    [InlineData(null, 20)]
    public async Task Find_Device_SaysHowLongItCanWait(string? type, int seconds)
    {
        await using var ups = Ups(type);
        await using var session = ups.Open();

        var ability = await session.FindCutAsync(default);

        Assert.Equal(new UpsCutAbility("shutdown.return", TimeSpan.FromSeconds(seconds), true), ability);
    }

    [Fact]
    public async Task Cut_WithADelay_SetsBothDelaysAndReadsThemBackFirst()
    {
        await using var ups = Ups("RANGE NUMBER");
        await using var session = ups.Open();

        await session.CutAsync(TimeSpan.FromSeconds(59.2), default);

        Assert.Equal(("60", "70"), (ups.Variables[Off], ups.Variables[On]));
        Assert.Equal(["INSTCMD ups1 shutdown.return"], ups.Said("INSTCMD"));
    }

    [Theory]
    [InlineData("RANGE NUMBER", 5, "12")]
    [InlineData("ENUM NUMBER", 61, "180")]
    [InlineData("ENUM NUMBER", 60, "060")]
    public async Task Cut_DeviceHasOtherSteps_TakesTheNextLonger(string type, int wanted, string set)
    {
        await using var ups = Ups(type);
        await using var session = ups.Open();

        await session.CutAsync(TimeSpan.FromSeconds(wanted), default);

        Assert.Equal(set, ups.Variables[Off]);
    }

    [Fact]
    public async Task Cut_AtOnce_LeavesTheDevicesOwnDelay()
    {
        await using var ups = Ups("RANGE NUMBER");
        await using var session = ups.Open();

        await session.CutAsync(TimeSpan.Zero, default);

        Assert.Equal(("20", "30"), (ups.Variables[Off], ups.Variables[On]));
        Assert.Single(ups.Said("INSTCMD"));
    }

    [Fact]
    public async Task Cut_LongerThanTheDeviceCanWait_IsRefusedAndNothingIsSent()
    {
        await using var ups = Ups(null);
        await using var session = ups.Open();

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            session.CutAsync(TimeSpan.FromSeconds(21), default)
        );

        Assert.Equal(DeviceFault.Refused, failure.Fault);
        Assert.Empty(ups.Said("INSTCMD"));
    }

    [Fact]
    public async Task Cut_DelayDoesNotStick_IsRefusedAndNothingIsCut()
    {
        await using var ups = Ups("RANGE NUMBER");
        ups.Takes = (name, value) => name == Off ? "20" : value;
        var time = new FakeTimeProvider();
        await using var session = ups.Open(time);

        var failure = await ScriptedUps.PlayAsync(session.CutAsync(TimeSpan.FromSeconds(60), default), time);

        Assert.IsType<DeviceException>(failure);
        Assert.Equal($"{Off} was set to 60, but the device says 20.", failure.Message);
        Assert.Empty(ups.Said("INSTCMD"));
    }

    [Fact]
    public async Task Cut_DeviceCutsOffSeconds_TakesTheNextMinute()
    {
        await using var ups = Ups("RANGE NUMBER");
        ups.Takes = (_, value) => $"{int.Parse(value, CultureInfo.InvariantCulture) / 60 * 60}";
        await using var session = ups.Open();

        await session.CutAsync(TimeSpan.FromSeconds(61), default);

        Assert.Equal(("120", "180"), (ups.Variables[Off], ups.Variables[On]));
    }

    [Fact]
    public async Task Cut_NobodySaysThatItWasDone_TheRunningTimerDoes()
    {
        await using var ups = Ups("RANGE NUMBER");
        (ups.Tracks, ups.Variables[Timer]) = (false, "-1");
        ups.Runs = _ => ups.Variables[Timer] = "20";
        await using var session = ups.Open();

        await session.CutAsync(TimeSpan.Zero, default);

        Assert.Equal("20", ups.Variables[Timer]);
    }

    [Fact]
    public async Task Cut_AcceptedButTheTimerDoesNotRun_IsNotKnown()
    {
        await using var ups = Ups("RANGE NUMBER");
        (ups.Tracks, ups.Variables[Timer]) = (false, "-1");
        var time = new FakeTimeProvider();
        await using var session = ups.Open(time);

        var failure = await ScriptedUps.PlayAsync(session.CutAsync(TimeSpan.Zero, default), time);

        Assert.Equal(DeviceFault.Timeout, Assert.IsType<DeviceException>(failure).Fault);
    }

    [Fact]
    public async Task Abort_Device_IsToldToStop()
    {
        await using var ups = Ups(null);
        await using var session = ups.Open();

        await session.AbortCutAsync(default);

        Assert.Equal(["INSTCMD ups1 shutdown.stop"], ups.Said("INSTCMD"));
    }

    /// <param name="type">Of both delays; null: they may not be set.</param>
    private static ScriptedUps Ups(string? type)
    {
        var ups = new ScriptedUps { Commands = { "shutdown.return", "shutdown.stop" } };
        (ups.Variables[Off], ups.Variables[On]) = ("20", "30");
        foreach (var name in type is null ? [] : new[] { Off, On })
        {
            ups.Writable[name] = type!; // not null: else there are no names
            ups.Ranges[name] = (12, 600);
            ups.Choices[name] = ["000", "060", "180"];
        }
        return ups;
    }
}
