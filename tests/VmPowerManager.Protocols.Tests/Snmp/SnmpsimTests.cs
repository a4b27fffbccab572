using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Tests.Nut;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Against snmpsim (pysnmp): the one peer in Debian with Reeder's key extension, and a second opinion on
/// Blumenthal's.</summary>
public sealed class SnmpsimTests
{
    private const string Program = "/usr/bin/snmpsimd";
    private static readonly Oid Name = Oid.Parse("1.3.6.1.2.1.1.5.0");

    private static readonly (string Their, SnmpPrivacy Ours)[] Ciphers =
    [
        ("AES192", SnmpPrivacy.Aes192Reeder),
        ("AES256", SnmpPrivacy.Aes256Reeder),
        ("AES192BLMT", SnmpPrivacy.Aes192),
        ("AES256BLMT", SnmpPrivacy.Aes256),
    ];

    private static readonly (string Their, SnmpAuth Ours)[] Digests =
    [
        ("MD5", SnmpAuth.Md5),
        ("SHA", SnmpAuth.Sha1),
        ("SHA224", SnmpAuth.Sha224),
        ("SHA256", SnmpAuth.Sha256),
    ];

    [Fact]
    public async Task Get_LongKeysOfBothKinds_AreUnderstood()
    {
        var missing = !File.Exists(Program);
        if (missing && Environment.GetEnvironmentVariable("LAB") == "required")
            Assert.Fail("The lab is required: snmpsim is not installed.");
        Assert.SkipWhen(missing, "snmpsim is not installed.");
        var folder = Directory.CreateTempSubdirectory("vmpm-lab-snmpsim-");
        var port = FreePort();
        using var process = Start(folder.FullName, port);
        try
        {
            var endpoint = new SnmpEndpoint("127.0.0.1", port) { Community = "ups" };
            await Eventually.TrueAsync(
                async () => await ReadAsync(endpoint) == "simulated",
                TimeSpan.FromSeconds(20),
                "snmpsim answers"
            );
            var outcomes = new List<string>();
            foreach (var (digest, auth) in Digests)
            {
                foreach (var (cipher, privacy) in Ciphers)
                {
                    var v3 = endpoint with
                    {
                        Version = SnmpVersion.V3,
                        UserName = User(digest, cipher),
                        Auth = auth,
                        AuthPassword = "authpass12",
                        Privacy = privacy,
                        PrivacyPassword = "privpass12",
                        ContextName = "ups",
                    };
                    outcomes.Add($"{digest} {cipher}: {await ReadAsync(v3)}");
                }
            }
            Assert.All(outcomes, outcome => Assert.EndsWith(": simulated", outcome, StringComparison.Ordinal));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static string User(string digest, string cipher) => $"{digest}x{cipher}";

    private static async Task<string> ReadAsync(SnmpEndpoint endpoint)
    {
        await using var client = new SnmpClient(endpoint, TimeProvider.System);
        try
        {
            return (await client.GetAsync([Name], default))[Name].Text;
        }
        catch (SnmpException e)
        {
            return e.Reason.ToString();
        }
    }

    private static Process Start(string folder, int port)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data"));
        var cache = Directory.CreateDirectory(Path.Combine(folder, "cache"));
        File.WriteAllText(Path.Combine(data.FullName, "ups.snmprec"), $"{Name}|4|simulated\n");
        List<string> options = [$"--cache-dir={cache.FullName}"];
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            // It does not run as root, and writes its index.
            const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
            foreach (var path in new[] { folder, data.FullName, cache.FullName })
                File.SetUnixFileMode(path, Everybody);
            options.AddRange(["--process-user=nobody", "--process-group=nogroup"]);
        }
        options.AddRange([
            "--v3-engine-id=010203040506070809",
            $"--data-dir={data.FullName}",
            $"--agent-udpv4-endpoint=127.0.0.1:{port}",
        ]);
        foreach (var (digest, _) in Digests)
        {
            foreach (var (cipher, _) in Ciphers)
                options.AddRange([
                    $"--v3-user={User(digest, cipher)}",
                    $"--v3-auth-proto={digest}",
                    "--v3-auth-key=authpass12",
                    $"--v3-priv-proto={cipher}",
                    "--v3-priv-key=privpass12",
                ]);
        }
        var start = new ProcessStartInfo(Program, options)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} does not start.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var free = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)free.Client.LocalEndPoint!).Port; // not null: it is bound
    }
}
