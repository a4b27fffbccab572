using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.IpmiLab))]

namespace VmPowerManager.Lab;

/// <summary>OpenIPMI's ipmi_sim by tests/lab/ipmi on a free loopback port: a real IPMI 2.0 peer in front of a machine that is
/// a file. Started by the first test that needs it.</summary>
public sealed class IpmiLab : IAsyncDisposable
{
    public const string User = "oper";
    public const string Password = "lab-oper-12";

    private readonly SemaphoreSlim _once = new(1);
    private bool _started;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-ipmi-").FullName;
    public int Port { get; } = FreePort();

    /// <summary>Starts it, with the machine on and a system that heeds the power button. Skips the test where the lab cannot
    /// be; where it is required, fails.</summary>
    public async Task RequireAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (Missing() is { } missing)
            {
                if (Environment.GetEnvironmentVariable("LAB") == "required")
                    Assert.Fail($"The lab is required: {missing}");
                Assert.Skip(missing);
            }
            if (!_started)
                await RunAsync("start");
            _started = true;
            await RunAsync("stuck", "no");
            await RunAsync("soft", "0.2");
            await RunAsync("power", "1");
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>A verb of the script: <c>power 0</c>, <c>soft never</c>, <c>stuck yes</c>, <c>freeze</c> ...</summary>
    public Task RunAsync(params string[] arguments) => ScriptAsync("ipmi", arguments);

    /// <summary>Whether the simulated machine has power.</summary>
    public bool IsOn => File.ReadAllText(Path.Combine(Folder, "ipmi/power")).Trim() == "1";

    /// <summary>What the simulated machine was told, a line each.</summary>
    public IReadOnlyList<string> Told =>
        File.Exists(Path.Combine(Folder, "log/chassis"))
            ?
            [
                .. File.ReadLines(Path.Combine(Folder, "log/chassis"))
                    .Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..])
                    .Where(l => l.StartsWith("set", StringComparison.Ordinal)),
            ]
            : [];

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await ScriptAsync("down");
        _once.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Missing() =>
        !File.Exists("/usr/bin/ipmi_sim") ? "ipmi_sim (package openipmi) is not installed"
        : !File.Exists("/usr/bin/ipmitool") ? "ipmitool is not installed"
        : null;

    private async Task ScriptAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), script), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAB_DIR"] = Folder;
        start.Environment["LAB_IPMI_PORT"] = $"{Port}";
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

    private static int FreePort()
    {
        using var free = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)free.Client.LocalEndPoint!).Port; // not null: it is bound
    }
}
