using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.SnmpLab))]

namespace VmPowerManager.Lab;

/// <summary>net-snmp's snmpd by tests/lab/snmp as two UPSes on free loopback ports, an engine each. Started by the first
/// test that needs it.</summary>
public sealed class SnmpLab : IAsyncDisposable
{
    /// <summary>Of every v3 user.</summary>
    public const string AuthPassword = "authpass12";
    public const string PrivacyPassword = "privpass12";

    private readonly SemaphoreSlim _once = new(1);
    private bool _started;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-snmp-").FullName;

    /// <summary>Of ups1; ups2 is on the one above.</summary>
    public int Port { get; } = FreePair();

    /// <summary>Starts it. Skips the test where the lab cannot be; where it is required, fails.</summary>
    public async Task RequireAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_started)
                return;
            if (Missing() is { } missing)
            {
                if (Environment.GetEnvironmentVariable("LAB") == "required")
                    Assert.Fail($"The lab is required: {missing}");
                Assert.Skip(missing);
            }
            _started = true;
            await RunAsync("start");
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>A verb of the script: <c>set ups1 .1.3… i 5</c>, <c>kill ups1</c>, <c>trap ups1 2c HOST:PORT</c> ...</summary>
    public Task RunAsync(params string[] arguments) => ScriptAsync("snmp", arguments);

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await ScriptAsync("down");
        _once.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Missing() =>
        !File.Exists("/usr/sbin/snmpd") ? "snmpd is not installed"
        : !File.Exists("/usr/bin/snmptrap") ? "snmp (net-snmp's tools) is not installed"
        : null;

    private async Task ScriptAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), script), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAB_DIR"] = Folder;
        start.Environment["LAB_SNMP_PORT"] = $"{Port}";
        using var process = Process.Start(start)!; // not null: no shell is used
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tests/lab/{script} {string.Join(' ', arguments)}: {error}");
    }

    /// <summary>The folder of this file: found from the build's own place, since sources may be compiled elsewhere.</summary>
    private static string Scripts([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                return Path.Combine(folder.FullName, "tests/lab");
        return Path.GetDirectoryName(here) ?? ".";
    }

    private static int FreePair()
    {
        while (true)
        {
            using var first = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)first.Client.LocalEndPoint!).Port; // not null: it is bound
            try
            {
                using var second = new UdpClient(new IPEndPoint(IPAddress.Loopback, port + 1));
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }
}
