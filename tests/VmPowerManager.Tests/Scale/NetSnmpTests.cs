using System.Diagnostics;
using System.Globalization;

namespace VmPowerManager.Tests.Scale;

/// <summary>What the same status reads cost net-snmp's snmpbulkget: a process for each, in one loop, as a script would do
/// it. To be held against <see cref="ScaleTests"/>; only by <c>tests/run --long</c>.</summary>
public sealed class NetSnmpTests(ITestOutputHelper output)
{
    /// <summary>The objects of a status read, each by the name before it: GETBULK asks for what comes next.</summary>
    private static readonly string Objects = string.Join(
        ' ',
        new[] { "2.1", "2.2", "2.3", "2.4", "2.7", "3.3.1.3", "4.1", "4.4.1.5", "6.1", "7.3" }.Select(o =>
            $"1.3.6.1.2.1.33.1.{o}"
        )
    );

    [Theory(Explicit = true)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Snmpbulkget_OneRound(int count)
    {
        if (!File.Exists("/usr/bin/snmpbulkget"))
            Assert.Skip("net-snmp is not installed.");
        await using var served = ServedUpses.Start("snmp", count, null);
        var script = $$"""
            TIMEFORMAT='%R %U %S'
            time for port in {{string.Join(' ', served.AgentPorts)}}; do
              snmpbulkget -m '' -v2c -c public -Oqn -Cn10 -Cr0 127.0.0.1:$port {{Objects}} >/dev/null || exit 1
            done
            """;
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardError = true }
        );
        Assert.NotNull(shell);
        var said = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, said);

        var times = said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.All(served.Times, times => Assert.Equal(1, times.End().Polls));
        FormattableString line =
            $"snmpbulkget, {count} UPSes: {times[0]:0.00} s a round, {1e6 * (times[1] + times[2]) / count:0} us of CPU a poll";
        output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
