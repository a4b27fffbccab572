using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace VmPowerManager.Tests.Scale;

/// <summary>The published program as a process of its own: what it costs is counted apart from who serves it.
/// VMPM_APP names its VmPowerManager.dll.</summary>
internal sealed class PublishedApp : IAsyncDisposable
{
    private const string Email = "scale@example.org";
    private const string Password = "correct horse";

    private readonly string _folder = RunningApp.NewFolder();
    private readonly Process _process;

    private PublishedApp(string dll)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        Client = new HttpClient { BaseAddress = new Uri($"{url}/api/v1/") };
        var start = new ProcessStartInfo("dotnet", [dll])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment =
            {
                ["Data__Path"] = _folder,
                ["ASPNETCORE_URLS"] = url,
                ["Setup__Email"] = Email,
                ["Setup__Password"] = Password,
            },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("The program does not start.");
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
    }

    public HttpClient Client { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static async Task<PublishedApp> StartAsync()
    {
        var dll = Environment.GetEnvironmentVariable("VMPM_APP");
        Assert.True(File.Exists(dll), "VMPM_APP must name a published VmPowerManager.dll.");
        var app = new PublishedApp(dll);
        await Soon.BecomesTrueAsync(app.SignInAsync, "the program is ready", seconds: 60);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> SignInAsync()
    {
        Assert.False(_process.HasExited, "The program ended.");
        try
        {
            var answer = await Client.PostAsJsonAsync("auth/token", new { email = Email, password = Password });
            if (answer.StatusCode != HttpStatusCode.OK)
                return false;
            var token = (await answer.ReadJsonAsync()).GetProperty("accessToken").GetString();
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
