using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace VmPowerManager.Lab;

/// <summary>Other people's WinRM clients, and a real NTLM server, by tests/lab/winrm.</summary>
public sealed class WinrmLab : IAsyncDisposable
{
    /// <summary>Of the NTLM server.</summary>
    public const string User = "LAB\\vmpm";
    public const string Password = "lab-password-12";

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-winrm-").FullName;

    /// <summary>The NTLM server's.</summary>
    public int Port { get; private set; }

    /// <summary>Skips the test where a program is missing; where the lab is required, fails.</summary>
    public static void Require(params string[] programs)
    {
        if (programs.FirstOrDefault(p => !File.Exists(p)) is not { } missing)
            return;
        if (Environment.GetEnvironmentVariable("LAB") == "required")
            Assert.Fail($"The lab is required: {missing} is not installed.");
        Assert.Skip($"{missing} is not installed.");
    }

    public static void RequirePython() =>
        Require("/usr/bin/python3", "/usr/lib/python3/dist-packages/winrm/__init__.py");

    public static void RequireGo() =>
        Require("/usr/bin/go", "/usr/share/gocode/src/github.com/masterzen/winrm/client.go");

    public static void RequireNtlm() =>
        Require(
            "/usr/sbin/apache2",
            "/usr/lib/apache2/modules/mod_auth_gssapi.so",
            "/usr/lib/x86_64-linux-gnu/gssntlmssp/gssntlmssp.so"
        );

    /// <summary>Puts a real NTLM server in front of a WinRM service that asks for no login.</summary>
    public async Task StartNtlmAsync(WinrmServer behind)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        await RunAsync("ntlm-start", $"http://127.0.0.1:{behind.Port}");
    }

    public async Task<JsonElement> SeenAsync(params string[] arguments) =>
        JsonDocument.Parse(await RunAsync(arguments)).RootElement;

    public async ValueTask DisposeAsync()
    {
        await RunAsync("ntlm-stop");
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), "winrm"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAB_DIR"] = Folder;
        start.Environment["LAB_NTLM_PORT"] = $"{Port}";
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tests/lab/winrm {arguments[0]}: {error}");
        return await output;
    }

    /// <summary>The folder of this file: found from the build's own place, since sources may be compiled elsewhere.</summary>
    private static string Scripts([CallerFilePath] string here = "")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "tests/lab")))
                return Path.Combine(folder.FullName, "tests/lab");
        return Path.GetDirectoryName(here) ?? ".";
    }
}
