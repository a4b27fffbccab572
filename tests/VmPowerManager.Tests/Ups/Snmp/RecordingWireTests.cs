using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>Every recorded device over the wire: snmpsimd serves it, a session reads it.</summary>
public sealed class RecordingWireTests(ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recordings_ReadOverTheWire_SayWhatIsExpected()
    {
        var recordings = Recording.Require();
        Assert.SkipWhen(SnmpSimulator.Missing is not null, SnmpSimulator.Missing ?? "");
        await using var simulator = new SnmpSimulator();
        await simulator.StartAsync(Recording.Folder(), recordings[0].Name, Ct);
        var tally = new Tally();
        foreach (var recording in recordings)
        {
            var verdict = new Verdict(recording);
            var (isUps, reading) = await ReadAsync(simulator.Port, recording.Name);
            verdict.Compare(isUps, reading);
            tally.Add(recording.Group, verdict);
        }
        output.WriteLine(tally.Table());
        Assert.Empty(tally.Faults);
    }

    /// <summary>A status read, then a full one; the status is that of the status read.</summary>
    private static async Task<(bool, UpsReading?)> ReadAsync(int port, string community)
    {
        await using var session = new SnmpSession(
            new SnmpSettings { Host = "127.0.0.1", Port = port },
            new SnmpEndpoint("127.0.0.1", port) { Community = community },
            TimeProvider.System
        );
        try
        {
            await session.ReadStatusAsync(Ct);
            var status = await session.ReadStatusAsync(Ct);
            var full = await session.ReadAsync(Ct);
            Assert.Equal(full.Status, status.Status);
            return (true, full);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Unsupported)
        {
            Assert.Contains(
                "not a UPS",
                e.Message.Replace("no UPS", "not a UPS", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
            return (false, null);
        }
    }
}
