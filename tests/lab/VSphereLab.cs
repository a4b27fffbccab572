using System.Diagnostics;
using System.Runtime.CompilerServices;
using VmPowerManager.Protocols.VSphere;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.VSphereLab))]

namespace VmPowerManager.Lab;

/// <summary>govmomi's vSphere simulator, built by tests/lab/vsphere with the first test that needs it. Each server is a
/// process of its own on a free loopback port.</summary>
public sealed class VSphereLab : IAsyncDisposable
{
    public const string Password = "Secret1!";
    private readonly SemaphoreSlim _once = new(1);
    private readonly List<VSphereServer> _started = [];
    private string? _binary;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-vsphere-").FullName;

    /// <summary>A vCenter with one cluster. Skips the test where the lab cannot be; where it is required, fails.</summary>
    public Task<VSphereServer> VCenterAsync(params string[] flags) => StartAsync("administrator@vsphere.local", flags);

    /// <summary>A standalone ESXi host, which ends with its shutdown.</summary>
    public Task<VSphereServer> EsxiAsync(params string[] flags) => StartAsync("root", ["-esx", .. flags]);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _started)
            await server.DisposeAsync();
        _once.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<VSphereServer> StartAsync(string user, string[] flags)
    {
        var server = await VSphereServer.StartAsync(
            await BinaryAsync(),
            user,
            ["-username", user, "-password", Password, .. flags]
        );
        lock (_started)
            _started.Add(server);
        return server;
    }

    private async Task<string> BinaryAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_binary is not null)
                return _binary;
            if (Missing() is { } missing)
            {
                if (Environment.GetEnvironmentVariable("LAB") == "required")
                    Assert.Fail($"The lab is required: {missing}");
                Assert.Skip(missing);
            }
            var build = new ProcessStartInfo(Path.Combine(Scripts(), "vsphere"), ["build"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            build.Environment["LAB_DIR"] = Folder;
            using var process = Process.Start(build)!; // not null: no shell is used
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"tests/lab/vsphere build: {await error}");
            return _binary = output.Trim();
        }
        finally
        {
            _once.Release();
        }
    }

    private static string? Missing() =>
        !File.Exists("/usr/bin/go") ? "golang-go is not installed"
        : !Directory.Exists("/usr/share/gocode/src/github.com/vmware/govmomi/simulator")
            ? "golang-github-vmware-govmomi-dev is not installed"
        : null;

    /// <summary>The folder of this file: found from the build's own place, since sources may be compiled elsewhere.</summary>
    private static string Scripts([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                return Path.Combine(folder.FullName, "tests/lab");
        return Path.GetDirectoryName(here) ?? ".";
    }
}

/// <summary>One simulated server.</summary>
public sealed class VSphereServer : IAsyncDisposable
{
    private readonly Process _process;

    private VSphereServer(Process process, string user, string address) =>
        (_process, User, Address) = (process, user, address);

    public string User { get; }

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Address { get; }
    public Uri Url => new($"https://{Address}/");
    public VimEndpoint Endpoint => VimEndpoint.Of(Url.ToString(), User, VSphereLab.Password);

    public static async Task<VSphereServer> StartAsync(string binary, string user, string[] flags)
    {
        var start = new ProcessStartInfo(binary, flags) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!; // not null: no shell is used
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line?.StartsWith("READY ", StringComparison.Ordinal) == true, $"vcsim: {line}");
        return new VSphereServer(process, user, line!["READY ".Length..]); // not null: it was looked at
    }

    /// <summary>Ends it at once, as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for it to end by itself.</summary>
    public Task EndedAsync(CancellationToken ct) => _process.WaitForExitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await KillAsync();
        }
        // Disposed before.
        catch (InvalidOperationException) { }
        _process.Dispose();
    }
}
