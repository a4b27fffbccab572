using System.Net.Sockets;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>The lab's upsd and what its dummy UPSes say.</summary>
public sealed class NutServer(Lab lab)
{
    private static readonly string[] _all = ["ups1", "ups2", "ups3", "ups4"];

    public Task<DateTimeOffset> OnLineAsync(string ups) =>
        SetAsync(
            ups,
            ("input.voltage", "230.1"),
            ("battery.charge", "100"),
            ("battery.runtime", "1800"),
            ("ups.status", "OL")
        );

    public Task<DateTimeOffset> OnBatteryAsync(string ups) =>
        SetAsync(ups, ("input.voltage", "0"), ("ups.status", "OB DISCHRG"));

    /// <summary>With charge and runtime that agree with the flag (POLICY A6).</summary>
    public Task<DateTimeOffset> LowBatteryAsync(string ups) =>
        SetAsync(
            ups,
            ("input.voltage", "0"),
            ("battery.charge", "8"),
            ("battery.runtime", "60"),
            ("ups.status", "OB DISCHRG LB")
        );

    /// <summary>Sets variables in this order and waits until upsd serves each; gives the moment at which it did.</summary>
    public async Task<DateTimeOffset> SetAsync(string ups, params (string Name, string Value)[] variables)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", lab.NutPort, CancellationToken.None);
        using var reader = new StreamReader(client.GetStream());
        async Task<string> Ask(string line)
        {
            await client
                .GetStream()
                .WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"), CancellationToken.None);
            return await reader.ReadLineAsync(CancellationToken.None) ?? "(closed)";
        }

        await Ask("USERNAME admin");
        await Ask("PASSWORD adminpass");
        foreach (var (name, value) in variables)
        {
            Assert.Equal("OK", await Ask($"SET VAR {ups} {name} \"{value}\""));
            var begun = TimeProvider.System.GetTimestamp();
            while (!(await Ask($"GET VAR {ups} {name}")).EndsWith($"\"{value}\"", StringComparison.Ordinal))
                Assert.True(TimeProvider.System.GetElapsedTime(begun).TotalSeconds < 5, $"{ups} did not take {value}");
        }
        return TimeProvider.System.GetUtcNow();
    }

    /// <summary>upsd and its drivers are gone, as after a kill -9.</summary>
    public async Task StopAsync() => (await lab.ScriptAsync("nut", "stop")).Ok("nut stop");

    /// <summary>Every UPS starts on line.</summary>
    public async Task StartAsync() => (await lab.ScriptAsync("nut", "start")).Ok("nut start");

    /// <summary>The driver of one UPS dies: upsd answers DRIVER-NOT-CONNECTED for it.</summary>
    public async Task KillDriverAsync(string ups) => (await lab.ScriptAsync("nut", "kill", ups)).Ok("nut kill");

    public async Task StartReferenceAsync() => (await lab.ScriptAsync("nut", "upsmon", "start")).Ok("upsmon");

    public async Task StopReferenceAsync() => (await lab.ScriptAsync("nut", "upsmon", "stop")).Ok("upsmon");

    /// <summary>When upsmon's own command ran for each ONBATT that it announced of this UPS.</summary>
    public IReadOnlyList<DateTimeOffset> ReferenceOnBattery(string ups) =>
        [
            .. File.ReadLines(Path.Combine(lab.Folder, "log", "upsmon-events"))
                .Where(l => l.Contains($" ONBATT {ups}@", StringComparison.Ordinal))
                .Select(l => Targets.UnixTime(l.Split(' ')[0])),
        ];

    /// <summary>Upsd up, every driver alive, everything on line.</summary>
    public async Task ResetAsync()
    {
        foreach (var ups in _all)
        {
            var status = (await lab.ScriptAsync("nut", "get", ups, "ups.status")).Output;
            if (status.Length == 0 || status.Contains("FSD", StringComparison.Ordinal))
            {
                (await lab.ScriptAsync("nut", "restart")).Ok("nut restart");
                return;
            }
            await OnLineAsync(ups);
        }
    }
}
