using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace VmPowerManager.Lab;

/// <summary>A real Kerberos realm and a server that takes nothing else, by tests/lab/kerberos. The library reads which realm there
/// is from the environment of its process: what speaks to it is a child of the test.</summary>
public sealed class WinrmKerberosLab : IAsyncDisposable
{
    public const string User = "vmpm@LAB.TEST";
    public const string Password = "lab-password-12";
    private const string FolderName = "LAB_DIR";
    private const string PortName = "LAB_KRB_PORT";
    private const string KdcName = "LAB_KDC_PORT";
    private readonly bool _isParent;

    private WinrmKerberosLab(string folder, int port, int kdc, bool isParent) =>
        (Folder, Port, Kdc, _isParent) = (folder, port, kdc, isParent);

    public string Folder { get; }

    /// <summary>Of the server, at localhost.</summary>
    public int Port { get; }
    public int Kdc { get; }

    /// <summary>The one that the test's parent started; null: this process is no child.</summary>
    public static WinrmKerberosLab? OfParent() =>
        Environment.GetEnvironmentVariable(FolderName) is { Length: > 0 } folder
        && int.TryParse(Environment.GetEnvironmentVariable(PortName), out var port)
        && int.TryParse(Environment.GetEnvironmentVariable(KdcName), out var kdc)
            ? new(folder, port, kdc, isParent: false)
            : null;

    /// <summary>Skips the test where a program is missing; where the lab is required, fails.</summary>
    public static async Task<WinrmKerberosLab> StartAsync(WinrmServer behind)
    {
        WinrmLab.Require(
            "/usr/sbin/krb5kdc",
            "/usr/sbin/kdb5_util",
            "/usr/sbin/kadmin.local",
            "/usr/sbin/apache2",
            "/usr/lib/apache2/modules/mod_auth_gssapi.so"
        );
        var lab = Unstarted();
        await lab.RunAsync("start", $"http://127.0.0.1:{behind.Port}");
        return lab;
    }

    /// <summary>Ports and a folder, and nobody there: a krb5.conf that names a KDC which does not run.</summary>
    public static WinrmKerberosLab Unstarted()
    {
        var lab = new WinrmKerberosLab(
            Directory.CreateTempSubdirectory("vmpm-lab-kerberos-").FullName,
            FreePort(),
            FreePort(),
            isParent: true
        );
        Directory.CreateDirectory(Path.Combine(lab.Folder, "krb"));
        File.WriteAllText(
            lab.Configuration,
            $"[libdefaults]\n  default_realm = LAB.TEST\n  dns_lookup_kdc = false\n  dns_lookup_realm = false\n"
                + $"[realms]\n  LAB.TEST = {{\n    kdc = 127.0.0.1:{lab.Kdc}\n  }}\n"
        );
        return lab;
    }

    public Task EndKdcAsync() => RunAsync("kdc-end");

    public Task StartKdcAsync() => RunAsync("kdc-start");

    /// <summary>Runs an explicit test of this assembly in a process of its own, which knows the realm.</summary>
    public async Task PassesAsync(Type type, string method)
    {
        var tests = Assembly.GetExecutingAssembly().Location;
        var start = new ProcessStartInfo("dotnet", ["exec", tests])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var word in (string[])["-noLogo", "-noColor", "-explicit", "only", "-method", $"{type.FullName}.{method}"]
        )
            start.ArgumentList.Add(word);
        Told(start);
        start.Environment["KRB5_CONFIG"] = Configuration;
        using var process = Process.Start(start)!; // not null: no shell is used
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await error);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isParent)
            return;
        await RunAsync("stop");
        Directory.Delete(Folder, recursive: true);
    }

    private string Configuration => Path.Combine(Folder, "krb", "krb5.conf");

    private void Told(ProcessStartInfo start)
    {
        start.Environment[FolderName] = Folder;
        start.Environment[PortName] = $"{Port}";
        start.Environment[KdcName] = $"{Kdc}";
    }

    private async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), "kerberos"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Told(start);
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tests/lab/kerberos {arguments[0]}: {error}{await output}");
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
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
