using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>Every recorded device, answered from memory: what detection, dialects and plausibility make of it.</summary>
public sealed class RecordingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Recordings_ReadFromMemory_SayWhatIsExpected()
    {
        var recordings = Recording.Require();
        var tally = new Tally();
        foreach (var recording in recordings)
        {
            var verdict = new Verdict(recording);
            var (device, reading) = await ReadAsync(recording);
            verdict.Compare(device.IsUps, reading);
            tally.Add(recording.Group, verdict);
        }
        output.WriteLine(tally.Table());
        Assert.Empty(tally.Faults);
    }

    /// <summary>A status read asks for at most ten objects, and says the same as the whole one.</summary>
    [Fact]
    public async Task Recordings_StatusRead_SaysTheSame()
    {
        var recordings = Recording.Require();
        foreach (var recording in recordings)
        {
            var agent = recording.Agent();
            var device = await Detector.RunAsync(agent, SnmpSettings.Auto, TestContext.Current.CancellationToken);
            if (device.Dialects.Count == 0)
                continue;
            var reader = new SnmpReader(agent, device);
            var all = await reader.FetchAllAsync(TestContext.Current.CancellationToken);
            var deciding = reader.Deciding(all);
            var status = await reader.FetchStatusAsync(all, deciding, TestContext.Current.CancellationToken);
            var again = await reader.FetchAgainAsync(all, TestContext.Current.CancellationToken);

            Assert.True(deciding.Count <= 10, recording.Name);
            Assert.Equivalent(Map(device, all), Map(device, status));
            Assert.Equivalent(Map(device, all), Map(device, again));
            Assert.Equal(Deciding(Map(device, all)), Deciding(Map(device, reader.Decided(status, deciding))));
        }
    }

    /// <summary>Other firmware of the same family leaves objects out: no source of power may be made up for that.</summary>
    [Fact]
    public async Task Recordings_WithoutAnyOneObject_NeverSayAnotherSourceOfPower()
    {
        var (reads, faults) = (0, new List<string>());
        foreach (var recording in Recording.Require())
        {
            var (_, whole) = await ReadAsync(recording);
            var source = whole?.Status & (UpsStatus.OL | UpsStatus.OB);
            foreach (var (left, agent) in recording.AgentsThatLackOne())
            {
                var (_, reading) = await ReadAsync(agent);
                var told = reading?.Status & (UpsStatus.OL | UpsStatus.OB);
                reads++;
                if (told != UpsStatus.None && told != source)
                    faults.Add($"{recording.Name} without {left}: {told}, not {source}");
            }
        }
        output.WriteLine($"{reads} reads");
        Assert.Empty(faults);
    }

    private static object Deciding(UpsReading reading) =>
        (
            reading.Status,
            reading.Mib,
            reading.BatteryChargePercent,
            reading.BatteryRuntimeSeconds,
            reading.InputVoltage
        );

    internal static Task<(Detection, UpsReading?)> ReadAsync(Recording recording) => ReadAsync(recording.Agent());

    private static async Task<(Detection, UpsReading?)> ReadAsync(SnmpAgent agent)
    {
        var ct = TestContext.Current.CancellationToken;
        var device = await Detector.RunAsync(agent, SnmpSettings.Auto, ct);
        var snapshot = await new SnmpReader(agent, device).FetchAllAsync(ct);
        return (device, Map(device, snapshot));
    }

    private static UpsReading Map(Detection device, Snapshot snapshot) =>
        SnmpReadings.Map(device, snapshot, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
}
