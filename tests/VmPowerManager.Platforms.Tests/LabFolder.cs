using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Platforms.Tests;

/// <summary>The folder of this run's peers, and the scripts of tests/lab that start them in it: each once, on demand, all
/// ended with the run. Where one cannot be, a test that needs it is skipped with the reason; with LAB=required it
/// fails.</summary>
public sealed class LabFolder : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;
    private readonly HashSet<string> _up = [];

    public LabFolder()
    {
        SshPort = FreePort();
        _environment = new() { ["LAB_DIR"] = Folder, ["LAB_SSH_PORT"] = $"{SshPort}" };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-").FullName;
    public int SshPort { get; }

    public static bool Required => Environment.GetEnvironmentVariable("LAB") == "required";

    /// <summary>Adds to what the scripts find in their environment.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    /// <summary>Runs <c>tests/lab/SCRIPT start</c>, once for the whole run.</summary>
    /// <param name="files">Programs without which it cannot be.</param>
    public async Task NeedsAsync(string script, params string[] files)
    {
        if (_up.Contains(script))
            return;
        var missing = files.FirstOrDefault(f => !File.Exists(f)) is { } file ? $"{file} is not installed" : null;
        if (missing is null && !Environment.IsPrivilegedProcess)
            missing = "root is needed";
        SkipIf(missing);
        _up.Add(script); // also half a start is to be ended
        await RunAsync(script, "start");
    }

    /// <summary>Skips the test for that reason, where there is one; where the lab is required, fails.</summary>
    public static void SkipIf(string? missing)
    {
        if (missing is null)
            return;
        if (Required)
            Assert.Fail($"The lab is required: {missing}");
        Assert.Skip(missing);
    }

    /// <summary>Runs one of the scripts in tests/lab to its end, which must be a good one.</summary>
    public Task<string> RunAsync(string script, params string[] arguments) =>
        ShellAsync(Path.Combine(Scripts, script), arguments, _environment);

    /// <summary>Runs a program to its end, which must be a good one, arguments as data; gives its output.</summary>
    public static async Task<string> ShellAsync(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var (exit, output, error) = await EndAsync(file, arguments, environment);
        Assert.True(exit == 0, $"{Path.GetFileName(file)} {string.Join(' ', arguments)}: exit {exit}\n{error}{output}");
        return output;
    }

    /// <summary>Whether a program comes to a good end.</summary>
    public static async Task<bool> TryAsync(string file, IEnumerable<string> arguments) =>
        (await EndAsync(file, arguments, null)).Exit == 0;

    private static async Task<(int Exit, string Output, string Error)> EndAsync(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_up.Count > 0)
            await RunAsync("down");
        Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>Found from the build's own place, since sources may be compiled elsewhere.</summary>
    public static string Scripts
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                    return Path.Combine(folder.FullName, "tests/lab");
            throw new InvalidOperationException("tests/lab is not above the build.");
        }
    }
}
