using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.ApcupsdLab))]

namespace VmPowerManager.Lab;

/// <summary>A real apcupsd by tests/lab/apcupsd on free loopback ports, with a UPS that says what a test tells it. Started by
/// the first test that needs it.</summary>
public sealed class ApcupsdLab : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private bool _started;

    /// <summary>A test has told the UPS something.</summary>
    private bool _used;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-apcupsd-").FullName;
    public int Port { get; } = FreePort();
    private int AgentPort { get; } = FreePort();

    /// <summary>Starts it, or sets its UPS back to how it was at first. Skips the test where the lab cannot be; where it is
    /// required, fails.</summary>
    public async Task RequireAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_started)
            {
                if (_used)
                    await ScriptAsync("apcupsd", "restart");
                _used = false;
                return;
            }
            var missing = File.Exists("/usr/sbin/snmpd")
                ? await TryAsync("apcupsd", "fetch")
                : "snmpd is not installed";
            if (missing is not null)
            {
                if (Environment.GetEnvironmentVariable("LAB") == "required")
                    Assert.Fail($"The lab is required: {missing}");
                Assert.Skip(missing);
            }
            await ScriptAsync("apcupsd", "start");
            _started = true;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Changes what the UPS says: <c>"status 3 voltage 0"</c>.</summary>
    public Task SetAsync(string values) => UseAsync(["set", .. values.Split(' ')]);

    /// <summary>The UPS no longer answers apcupsd.</summary>
    public Task LoseAsync() => UseAsync("agent", "kill");

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await ScriptAsync("down");
        _once.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private Task UseAsync(params string[] arguments)
    {
        _used = true;
        return ScriptAsync("apcupsd", arguments);
    }

    private async Task ScriptAsync(string script, params string[] arguments) =>
        Assert.Null(await TryAsync(script, arguments));

    /// <summary>What went wrong; null: nothing.</summary>
    private async Task<string?> TryAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), script), arguments) { RedirectStandardError = true };
        start.Environment["LAB_DIR"] = Folder;
        start.Environment["LAB_APCUPSD_PORT"] = $"{Port}";
        start.Environment["LAB_APCUPSD_AGENT"] = $"{AgentPort}";
        using var process = Process.Start(start)!; // not null: no shell is used
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"tests/lab/{script} {string.Join(' ', arguments)}: {error}";
    }

    /// <summary>The folder of this file: found from the build's own place, since sources may be compiled elsewhere.</summary>
    private static string Scripts([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                return Path.Combine(folder.FullName, "tests/lab");
        return Path.GetDirectoryName(here) ?? ".";
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
