using System.Text.Json;
using VmPowerManager.Core.Power;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Apcupsd;

namespace VmPowerManager.Tests.Ups.Apcupsd;

/// <summary>The driver against the real apcupsd, whose UPS says what the tests tell it.</summary>
[Collection("UPS labs")]
public sealed class ApcupsdServerTests(ApcupsdLab lab)
{
    [Fact]
    public async Task Reading_OnMains_HasWhatTheUpsSays()
    {
        await lab.RequireAsync();
        await using var session = Open(lab.Port);

        var reading = await session.ReadAsync(default);

        Assert.Equal(UpsStatus.OL, reading.Status);
        Assert.Equal(
            (100, 1800, 120, 27, 27),
            (
                reading.BatteryChargePercent,
                reading.BatteryRuntimeSeconds,
                reading.BatteryRuntimeLowSeconds,
                reading.BatteryVoltage,
                reading.BatteryTemperature
            )
        );
        Assert.Equal(
            (231, 50, 230, 23),
            (reading.InputVoltage, reading.InputFrequency, reading.OutputVoltage, reading.LoadPercent)
        );
        Assert.Equal(("Smart-UPS 1500", "AS2411223344", "653.18.I"), (reading.Model, reading.Serial, reading.Firmware));
        Assert.Null(reading.RealPower);
        Assert.Equal("Done and passed", reading.Variables["ups.test.result"]);
        Assert.Equal("253", reading.Variables["input.transfer.high"]);
    }

    [Fact]
    public async Task Status_OutageToItsEnd_IsSeenAtEachTurn()
    {
        await lab.RequireAsync();
        await using var session = Open(lab.Port);

        await lab.SetAsync("cause 4 status 3 voltage 0");
        var onBattery = await BecomesAsync(session, UpsStatus.OB);
        await lab.SetAsync("battery 3 charge 8 minutes 1");
        var low = await BecomesAsync(session, UpsStatus.OB | UpsStatus.LB);
        // apcupsd takes its own machine down, and says so; here that does nothing.
        var shutdown = await BecomesAsync(session, UpsStatus.OB | UpsStatus.LB | UpsStatus.FSD);
        await lab.SetAsync("battery 2 charge 30 minutes 9 status 2 voltage 230");
        var back = await BecomesAsync(session, UpsStatus.OL | UpsStatus.FSD);

        Assert.Equal(0, onBattery.InputVoltage);
        Assert.Equal((8, 60), (low.BatteryChargePercent, low.BatteryRuntimeSeconds));
        Assert.Equal("Low line voltage", shutdown.Variables["input.transfer.reason"]);
        Assert.Equal(230, back.InputVoltage);
    }

    [Fact]
    public async Task Status_OtherStates_AreSeen()
    {
        await lab.RequireAsync();
        await using var session = Open(lab.Port);
        (string Values, UpsStatus Expected)[] states =
        [
            ("calibration 3", UpsStatus.OL | UpsStatus.CAL),
            ("calibration 1 test 4", UpsStatus.OL | UpsStatus.TEST),
            ("test 1 status 4", UpsStatus.OL | UpsStatus.BOOST),
            ("status 12", UpsStatus.OL | UpsStatus.TRIM),
            ("status 1", UpsStatus.None),
        ];

        foreach (var (values, expected) in states)
        {
            await lab.SetAsync(values);
            await BecomesAsync(session, expected);
        }
    }

    [Fact]
    public async Task Status_UpsLost_IsStaleInApcupsdsWords()
    {
        await lab.RequireAsync();
        await using var session = Open(lab.Port);
        await session.ReadStatusAsync(default);

        await lab.LoseAsync();

        UpsStaleException? stale = null;
        await Soon.BecomesTrueAsync(
            async () =>
                (stale = await Record.ExceptionAsync(() => session.ReadStatusAsync(default)) as UpsStaleException)
                    is not null,
            "apcupsd says COMMLOST",
            40
        );
        Assert.Contains("COMMLOST", stale!.Message); // not null: waited for
    }

    [Fact]
    public async Task Check_Server_TellsWhatItIsAndNobodyThere_WhatToDo()
    {
        await lab.RequireAsync();
        await using var session = Open(lab.Port);
        await using var nobody = Open(1);

        var checks = await session.CheckAsync(default);
        var failed = Assert.Single(await nobody.CheckAsync(default));

        Assert.Equal(["connect", "read", "events"], checks.Select(c => c.Name));
        Assert.All(checks, c => Assert.Equal(CheckState.Ok, c.State));
        Assert.Contains("3.14", checks[0].Detail);
        Assert.Contains("startup succeeded", checks[2].Detail);
        Assert.Equal(("connect", CheckState.Failed), (failed.Name, failed.State));
        Assert.Contains("NISIP", failed.Detail);
    }

    [Fact]
    public async Task Commands_AreNone()
    {
        await using var session = Open(1);

        Assert.Empty(await session.CommandsAsync(default));
        var refused = await Assert.ThrowsAsync<DeviceException>(() => session.ExecuteAsync("load.off", null, default));
        Assert.Equal(DeviceFault.Unsupported, refused.Fault);
    }

    private static async Task<UpsReading> BecomesAsync(IUpsSession session, UpsStatus status)
    {
        UpsReading? reading = null;
        await Soon.BecomesTrueAsync(
            async () => (reading = await session.ReadStatusAsync(default)).Status == status,
            $"{status}",
            30
        );
        return reading!; // not null: waited for
    }

    private static IUpsSession Open(int port) =>
        new ApcupsdDriver(TimeProvider.System).Open(
            new UpsDevice(
                1,
                "lab",
                JsonSerializer.SerializeToElement(new { host = "127.0.0.1", port }),
                new Dictionary<string, string>()
            )
        );
}
