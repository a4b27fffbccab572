using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>A real upsd with two dummy UPSes on 127.0.0.1:13493, in a folder of its own. Without NUT its tests are skipped,
/// or fail where LAB=required.</summary>
public sealed class NutLab : IAsyncLifetime
{
    private const string Upsd = "/lib/nut/upsd";
    private const string Driver = "/lib/nut/dummy-ups";
    private const string NssPassword = "nssdbpass";
    private static readonly string[] Devices = ["ups1", "ups2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("vmhpm-nut-").FullName;
    private readonly List<Process> _processes = [];

    public const int Port = 13493;

    public static bool Required => Environment.GetEnvironmentVariable("LAB") == "required";

    /// <summary>SHA-256 of the server's certificate; null where the tools to give upsd one are missing.</summary>
    public string? Fingerprint { get; private set; }

    public NutEndpoint Reader { get; } = new("127.0.0.1", Port);
    public NutEndpoint Admin => User("admin", "adminpass");

    public NutEndpoint User(string name, string password) => Reader with { UserName = name, Password = password };

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Upsd) || !File.Exists(Driver))
        {
            if (Required)
                Assert.Fail($"LAB=required, but {Upsd} is not installed.");
            return;
        }
        await MakeCertificateAsync();
        await WriteConfigurationAsync();
        foreach (var device in Devices)
            Start(Driver, "-a", device, "-F");
        foreach (var device in Devices)
            await Eventually.TrueAsync(() => Listens($"{_folder}/dummy-ups-{device}"), $"driver of {device} listens");
        Start(Upsd, "-F");
        await Eventually.TrueAsync(AnswersAsync, TimeSpan.FromSeconds(20), "upsd answers");
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            Signal(process, "CONT");
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>To be called first by every test.</summary>
    public void SkipUnlessRunning() => Assert.SkipWhen(_processes.Count == 0, "NUT is not installed.");

    /// <summary>Changes a variable of a device, as upsrw does.</summary>
    public async Task SetAsync(string ups, string variable, string value)
    {
        await using var client = await NutClient.OpenAsync(Admin, TimeProvider.System, null, default);
        await client.SetVariableAsync(ups, variable, value, default);
    }

    /// <summary>Freezes the driver of a device, or lets it go on.</summary>
    public void Freeze(string ups, bool frozen) =>
        Signal(_processes[Array.IndexOf(Devices, ups)], frozen ? "STOP" : "CONT");

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var client = await NutClient.OpenAsync(Reader, TimeProvider.System, null, default);
            foreach (var device in Devices)
            {
                if (await client.GetVariableAsync(device, "ups.status", default) != "OL")
                    return false;
            }
            return true;
        }
        catch (Exception e) when (e is DeviceException or NutDataStaleException)
        {
            return false;
        }
    }

    /// <summary>A look at the kernel's list: to connect for a try would upset the driver.</summary>
    private static bool Listens(string socket) =>
        File.ReadLines("/proc/net/unix")
            .Any(line =>
                line.EndsWith(socket, StringComparison.Ordinal) && line.Contains(" 00010000 ", StringComparison.Ordinal)
            );

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, ["-u", Environment.UserName, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUT_CONFPATH"] = _folder;
        start.Environment["NUT_STATEPATH"] = _folder;
        start.Environment["NUT_ALTPIDPATH"] = _folder;
        start.Environment["NUT_QUIET_INIT_UPSNOTIFY"] = "true";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task WriteConfigurationAsync()
    {
        var tls = Fingerprint is null
            ? ""
            : $"CERTPATH {_folder}\nCERTIDENT \"nut-server\" \"{NssPassword}\"\nDISABLE_WEAK_SSL true\n";
        var sections = Devices.Select(d =>
            $"[{d}]\n  driver = dummy-ups\n  port = {_folder}/{d}.dev\n  mode = dummy-once\n  desc = \"Lab \\\"{d}\\\"\"\n"
        );
        await WriteAsync("ups.conf", $"maxretry = 3\npollinterval = 30\n{string.Join('\n', sections)}");
        await WriteAsync("upsd.conf", $"LISTEN 127.0.0.1 {Port}\nMAXAGE 3\n{tls}");
        await WriteAsync("nut.conf", "MODE=netserver\n");
        await WriteAsync(
            "upsd.users",
            """
            [admin]
              password = adminpass
              actions = SET
              actions = FSD
              instcmds = ALL
            [quoted]
              password = "a b\"c\\d"
              actions = SET
            [monprimary]
              password = primpass
              upsmon primary
            [monsecondary]
              password = secpass
              upsmon secondary

            """
        );
        foreach (var device in Devices)
            await WriteAsync(
                $"{device}.dev",
                """
                device.mfr: Lab
                device.model: Dummy
                device.serial: LAB0001
                ups.mfr: Lab
                ups.status: OL
                ups.load: 23
                battery.charge: 100
                battery.charge.low: 20
                battery.runtime: 1800
                battery.runtime.low: 120
                input.voltage: 230.1
                output.voltage: 230.0

                """
            );
    }

    private async Task WriteAsync(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text, new UTF8Encoding(false));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Debian's upsd uses NSS: the certificate goes into a database of that kind.</summary>
    private async Task MakeCertificateAsync()
    {
        if (!File.Exists("/usr/bin/certutil") || !File.Exists("/usr/bin/pk12util"))
        {
            if (Required)
                Assert.Fail("LAB=required, but libnss3-tools is not installed.");
            return;
        }
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=nut-server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        await File.WriteAllTextAsync($"{_folder}/key.pem", key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync($"{_folder}/cert.pem", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{_folder}/pw", NssPassword + "\n");
        Run("certutil", "-N", "-d", _folder, "-f", $"{_folder}/pw");
        Run(
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            $"{_folder}/cert.pem",
            "-inkey",
            $"{_folder}/key.pem",
            "-name",
            "nut-server",
            "-out",
            $"{_folder}/server.p12",
            "-passout",
            "pass:p12"
        );
        Run("pk12util", "-i", $"{_folder}/server.p12", "-d", _folder, "-K", NssPassword, "-W", "p12");
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        );
        Assert.NotNull(process);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error}");
    }
}
