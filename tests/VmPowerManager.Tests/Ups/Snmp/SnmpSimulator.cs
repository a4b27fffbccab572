using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>snmpsimd on a free loopback port: serves the recordings of a folder, one by its community.</summary>
internal sealed class SnmpSimulator : IAsyncDisposable
{
    private const string Program = "/usr/bin/snmpsimd";
    private static readonly Oid Anything = Oid.Parse("1.3.6.1");

    private readonly string _cache = Directory.CreateTempSubdirectory("vmpm-snmpsim-").FullName;
    private Process? _process;

    public int Port { get; } = FreePort();

    public static string? Missing => File.Exists(Program) ? null : "snmpsimd is not installed";

    /// <param name="data">Where the recordings lie.</param>
    /// <param name="known">A community that it must answer to.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task StartAsync(string data, string known, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (
            var argument in new[]
            {
                $"--data-dir={data}",
                $"--cache-dir={_cache}",
                $"--agent-udpv4-endpoint=127.0.0.1:{Port}",
                "--process-user=nobody",
                "--process-group=nogroup",
                "--v2c-arch",
            }
        )
            start.ArgumentList.Add(argument);
        // It drops its rights before it writes the index of what it serves.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_cache, (UnixFileMode)0b111_111_111);
        _process = Process.Start(start)!; // not null: no shell is used
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await using var client = new SnmpClient(
            new SnmpEndpoint("127.0.0.1", Port) { Community = known },
            TimeProvider.System,
            new SnmpLimits { TryTime = TimeSpan.FromMilliseconds(200), Retries = 0 }
        );
        var began = TimeProvider.System.Elapsed();
        while (true)
        {
            Assert.False(_process.HasExited, "snmpsimd ended at once");
            try
            {
                await client.WalkAsync(Anything, 1, ct);
                return;
            }
            catch (SnmpException) when (TimeProvider.System.Elapsed() - began < TimeSpan.FromSeconds(60))
            {
                // It reads all its files first.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(_cache, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port; // not null: it is bound
    }
}
