using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>The published program as a process of its own, on a data folder of its own.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    public const string Email = "admin@lab.test";
    public const string Password = "Lab-Password-12!";

    private readonly ConcurrentQueue<string> _log = new();
    private readonly string _dll;
    private readonly Dictionary<string, string> _environment;
    private Process? _process;

    private AppProcess(string dll, string dataPath, Dictionary<string, string>? environment)
    {
        _dll = dll;
        DataPath = dataPath;
        Url = new Uri($"http://127.0.0.1:{FreePort()}");
        _environment = environment ?? new() { ["Setup__Email"] = Email, ["Setup__Password"] = Password };
    }

    public string DataPath { get; }
    public Uri Url { get; }

    /// <summary>From the start of the process until /healthz/ready answered 200, for the newest start.</summary>
    public TimeSpan StartToReady { get; private set; }
    public string Log => string.Join('\n', _log);
    public int Pid => _process?.Id ?? throw new InvalidOperationException("never started");
    public bool Running => _process is { HasExited: false };
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <param name="dataPath">Null: a fresh folder.</param>
    /// <param name="environment">In place of the unattended setup of an administrator.</param>
    public static async Task<AppProcess> StartAsync(
        string? dataPath = null,
        Dictionary<string, string>? environment = null
    )
    {
        var app = await CreateAsync(dataPath, environment);
        await app.StartAgainAsync();
        return app;
    }

    /// <summary>Without starting it.</summary>
    public static async Task<AppProcess> CreateAsync(
        string? dataPath = null,
        Dictionary<string, string>? environment = null
    ) =>
        new(
            await Repository.PublishedAppAsync(),
            dataPath ?? Directory.CreateTempSubdirectory("vmpm-data-").FullName,
            environment
        );

    public async Task StartAgainAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        Launch();
        using var client = new HttpClient { BaseAddress = Url };
        await Until.True(
            "ready",
            30,
            async () =>
            {
                Assert.True(Running, $"The program ended with {ExitCode}:\n{Log}");
                return await IsReadyAsync(client);
            },
            () => Task.FromResult(Log)
        );
        StartToReady = TimeProvider.System.GetElapsedTime(begun);
    }

    public void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [_dll])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ASPNETCORE_", StringComparison.Ordinal)))
            start.Environment.Remove(name);
        start.Environment["Data__Path"] = DataPath;
        start.Environment["ASPNETCORE_URLS"] = Url.ToString().TrimEnd('/');
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public long ResidentMegabytes()
    {
        _process?.Refresh();
        return (_process?.WorkingSet64 ?? 0) / (1024 * 1024);
    }

    public double ProcessorSeconds() => _process?.TotalProcessorTime.TotalSeconds ?? 0;

    /// <summary>SIGKILL: nothing is said goodbye to.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } running)
            return;
        running.Kill();
        await running.WaitForExitAsync(CancellationToken.None);
        _log.Enqueue("--- killed ---");
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync(double seconds = 15)
    {
        var running = _process ?? throw new InvalidOperationException("never started");
        (await Shell.RunAsync("kill", ["-TERM", $"{running.Id}"])).Ok("kill -TERM");
        await Until.True("ended after SIGTERM", seconds, () => Task.FromResult(running.HasExited));
        return running.ExitCode;
    }

    /// <summary>Waits until it ended by itself.</summary>
    public async Task<int> EndedAsync(double seconds)
    {
        await Until.True("ended by itself", seconds, () => Task.FromResult(!Running), () => Task.FromResult(Log));
        await (_process?.WaitForExitAsync(CancellationToken.None) ?? Task.CompletedTask); // its last lines, too
        return ExitCode ?? throw new InvalidOperationException("never started");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        try
        {
            Directory.Delete(DataPath, recursive: true);
        }
        catch (IOException) // a mount point: its owner takes it away
        { }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/healthz/ready", CancellationToken.None)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
            _log.Enqueue(line.Data);
    }
}
