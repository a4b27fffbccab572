using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.SmtpLab))]

namespace VmPowerManager.Lab;

/// <summary>A real Postfix by tests/lab/smtp on free loopback ports: STARTTLS and AUTH required. Started by the first
/// test that needs it. Needs root.</summary>
public sealed class SmtpLab : IAsyncDisposable
{
    public const string User = "alerts@mail.lab.test";
    public const string Password = "smtppass12";
    private readonly SemaphoreSlim _once = new(1);
    private bool _started;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmpm-lab-smtp-").FullName;
    public int Port { get; } = FreePort();
    public int TlsPort { get; } = FreePort();

    /// <summary>SHA-256 of the server's self-signed certificate.</summary>
    public string Fingerprint
    {
        get
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(
                Path.Combine(Folder, "smtp/server.pem")
            );
            return Convert.ToHexString(SHA256.HashData(certificate.RawData));
        }
    }

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
            await ScriptAsync("smtp", "start");
            _started = true;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Every mail that has arrived, as text.</summary>
    public IReadOnlyList<string> Mails()
    {
        var folder = Path.Combine(Folder, "smtp/mail/all/new");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order().Select(File.ReadAllText)] : [];
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await ScriptAsync("down");
        _once.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Missing() =>
        !Environment.IsPrivilegedProcess ? "the SMTP lab needs root"
        : !File.Exists("/usr/sbin/postfix") ? "postfix is not installed"
        : !File.Exists("/usr/sbin/saslpasswd2") ? "sasl2-bin is not installed"
        : null;

    private async Task ScriptAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts(), script), arguments) { RedirectStandardError = true };
        start.Environment["LAB_DIR"] = Folder;
        start.Environment["LAB_SMTP_PORT"] = $"{Port}";
        start.Environment["LAB_SMTPS_PORT"] = $"{TlsPort}";
        using var process = Process.Start(start)!; // not null: no shell is used
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tests/lab/{script}: {error}");
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
