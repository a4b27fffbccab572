using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.LabUps;

/// <summary>A real upsd with a dummy-ups for each device description, on a free loopback port and in a folder of its own.</summary>
public sealed class UpsdLab : IAsyncDisposable
{
    public const string Admin = "admin";
    public const string AdminPassword = "adminpass";

    private const string Upsd = "/lib/nut/upsd";
    private const string Driver = "/lib/nut/dummy-ups";
    private const string SerialDriver = "/lib/nut/nutdrv_qx";
    private const string SnmpDriver = "/lib/nut/snmp-ups";

    private readonly string _folder = Directory.CreateTempSubdirectory("vmhpm-upsd-").FullName;
    private readonly Dictionary<string, Process?> _drivers = [];
    private readonly bool _tls;

    /// <summary>The line of the one device there is, in place of dummies.</summary>
    private string? _serial;

    /// <summary>The lines of ups.conf for the one PDU there is.</summary>
    private string? _pdu;
    private Process? _upsd;

    private UpsdLab(bool tls) => _tls = tls;

    public int Port { get; private set; }

    /// <summary>SHA-256 of the server's certificate, in hexadecimal.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>A test that cannot be is then a failure.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("LAB") == "required";

    /// <summary>What is not installed; null: all is there.</summary>
    public static string? Missing(bool tls = false)
    {
        string[] needed = tls ? [Upsd, Driver, "/usr/bin/certutil", "/usr/bin/pk12util"] : [Upsd, Driver];
        return needed.FirstOrDefault(program => !File.Exists(program));
    }

    /// <summary>Skips the test where NUT cannot be; where the lab is required, fails.</summary>
    public static void Require(bool tls = false) => Require(Missing(tls));

    /// <inheritdoc cref="Require(bool)"/>
    public static void RequireSnmp() => Require(Missing() ?? (File.Exists(SnmpDriver) ? null : SnmpDriver));

    private static void Require(string? missing)
    {
        if (missing is null)
            return;
        if (IsRequired)
            Assert.Fail($"The lab is required, but {missing} is not installed.");
        Assert.Skip($"{missing} is not installed.");
    }

    /// <param name="devices">By name: lines <c>variable: value</c>.</param>
    public static Task<UpsdLab> StartAsync(IReadOnlyDictionary<string, string> devices, bool tls = false) =>
        StartAsync(new UpsdLab(tls), devices);

    /// <summary>With NUT's driver for Megatec at the end of a serial line; the UPS is called <c>ups1</c>.</summary>
    public static Task<UpsdLab> StartAsync(MegatecUps ups) =>
        StartAsync(new UpsdLab(tls: false) { _serial = ups.Port }, new Dictionary<string, string> { ["ups1"] = "" });

    /// <summary>With NUT's SNMP driver in front of a PDU (its <c>apc_pdu</c>) on this port; it is called <c>rackpdu</c>.</summary>
    public static Task<UpsdLab> StartAsync(int pduPort, string community) =>
        StartAsync(
            new UpsdLab(tls: false) { _pdu = UpsdFiles.Pdu("rackpdu", pduPort, community) },
            new Dictionary<string, string> { ["rackpdu"] = "" }
        );

    private string DriverProgram =>
        _pdu is not null ? SnmpDriver
        : _serial is null ? Driver
        : SerialDriver;

    private static async Task<UpsdLab> StartAsync(UpsdLab lab, IReadOnlyDictionary<string, string> devices)
    {
        try
        {
            lab.Port = FreePort();
            await UpsdFiles.WriteAsync(lab._folder, lab.Port, devices, lab._serial, lab._tls, lab._pdu);
            await lab.RenewCertificateAsync();
            await lab.StartDriversAsync(devices.Keys);
            await lab.StartServerAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends upsd and its drivers, as a machine that loses power does.</summary>
    public void Stop()
    {
        foreach (var process in _drivers.Values.Append(_upsd).OfType<Process>())
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _upsd = null;
        foreach (var name in _drivers.Keys)
            _drivers[name] = null;
        foreach (
            var socket in Directory
                .EnumerateFiles(_folder, "*-ups*")
                .Concat(Directory.EnumerateFiles(_folder, "*-rackpdu"))
        )
            File.Delete(socket);
    }

    /// <summary>Starts them again on the same port, with a certificate of its own each time.</summary>
    public async Task StartAgainAsync()
    {
        await RenewCertificateAsync();
        await StartDriversAsync([.. _drivers.Keys]);
        await StartServerAsync();
    }

    /// <summary>Freezes the driver of a device, or lets it go on.</summary>
    public void Freeze(string ups, bool frozen)
    {
        using var kill = Process.Start("kill", [$"-{(frozen ? "STOP" : "CONT")}", $"{_drivers[ups]?.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Says these lines as they are, on a connection of its own; gives one line of answer for each.</summary>
    public Task<IReadOnlyList<string>> AskAsync(params string[] requests) => UpsdTalk.AskAsync(Port, requests);

    /// <summary>Changes a variable, and waits until it is served.</summary>
    public async Task SetAsync(string ups, string variable, string value)
    {
        var said = await AskAsync(
            $"USERNAME {Admin}",
            $"PASSWORD {AdminPassword}",
            $"SET VAR {ups} {variable} \"{value}\""
        );
        Assert.Equal("OK", said[^1]);
        await WaitAsync(
            async () => (await AskAsync($"GET VAR {ups} {variable}"))[0] == $"VAR {ups} {variable} \"{value}\"",
            $"{variable} is {value}"
        );
    }

    /// <summary>TCP connections that clients hold open now, by the kernel's list.</summary>
    public int Connections()
    {
        var port = $":{Port:X4} ";
        return File.ReadLines("/proc/net/tcp")
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(words => $"{words[1]} ".EndsWith(port, StringComparison.Ordinal) && words[3] == "01");
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartDriversAsync(IEnumerable<string> names)
    {
        foreach (var name in names)
            _drivers[name] = Run(DriverProgram, "-a", name, "-F");
        await WaitAsync(() => Task.FromResult(AllListen()), "the drivers listen");
    }

    private async Task StartServerAsync()
    {
        _upsd = Run(Upsd, "-F");
        await WaitAsync(() => UpsdTalk.AnswersAsync(Port), "upsd listens");
        foreach (var name in _drivers.Keys)
        {
            var known = 0;
            await WaitAsync(
                async () =>
                {
                    // A driver that is not there yet is an ERR; one that has not told all counts on.
                    var before = known;
                    known = await UpsdTalk.CountVariablesAsync(Port, name);
                    return known > 0 && known == before;
                },
                $"upsd serves {name}"
            );
        }
    }

    private async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began).TotalSeconds < 30, $"Not within 30 s: {what}");
            Assert.DoesNotContain(_drivers.Values, driver => driver is { HasExited: true });
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>A look at the kernel's list: to connect for a try would upset the driver.</summary>
    private bool AllListen()
    {
        var listening = File.ReadLines("/proc/net/unix")
            .Where(line => line.Contains(" 00010000 ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[^1])
            .ToHashSet(StringComparer.Ordinal);
        var driver = Path.GetFileName(DriverProgram);
        return _drivers.Keys.All(name => listening.Contains($"{_folder}/{driver}-{name}"));
    }

    private Process Run(string program, params string[] arguments)
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
        return process;
    }

    private async Task RenewCertificateAsync() => Fingerprint = _tls ? await UpsdCertificate.RenewAsync(_folder) : null;
}
