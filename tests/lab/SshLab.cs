using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Ssh;

[assembly: AssemblyFixture(typeof(VmPowerManager.Lab.SshLab))]

namespace VmPowerManager.Lab;

/// <summary>A real sshd on a free loopback port with its own keys, a user with password and keys, and stubs in place
/// of shutdown and its kin: they write a line to <see cref="PowerLog"/> and never touch the machine. Needs root.</summary>
public sealed class SshLab : IAsyncLifetime
{
    public const string Password = "sshpass'1 2$";
    public const string Passphrase = "keypass12";
    private Process? _sshd;
    private string? _missing;

    public string Folder { get; } = Directory.CreateTempSubdirectory("vmhpm-ssh-").FullName;
    public int Port { get; private set; }

    /// <summary>Of this run alone, so that two runs on one machine do not meet.</summary>
    public string User { get; } = $"vmhpm-p{Environment.ProcessId}";
    public string Bin => Path.Combine(Folder, "bin");
    public string PowerLog => Path.Combine(Folder, "power.log");
    public SshEndpoint ByPassword => new("127.0.0.1", Port, User, Password: Password);
    public SshEndpoint ByKey => new("127.0.0.1", Port, User, PrivateKey: Key("id_ed25519"));

    public string Key(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>Skips the test where the lab cannot be; where it is required, fails.</summary>
    public void Require()
    {
        if (_missing is null)
            return;
        if (Environment.GetEnvironmentVariable("LAB") == "required")
            Assert.Fail($"The lab is required: {_missing}");
        Assert.Skip(_missing);
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/sbin/sshd"))
            _missing = "sshd is not installed";
        else if (Environment.UserName != "root")
            _missing = "the SSH lab needs root";
        else
            await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd is { HasExited: false })
            _sshd.Kill(entireProcessTree: true);
        _sshd?.Dispose();
        if (_missing is null)
            await RunAsync("sh", "-c", $"rm -f {SudoersFile}; userdel -f {User}");
        Directory.Delete(Folder, recursive: true);
    }

    private string SudoersFile => $"/etc/sudoers.d/lab-{User}";

    private async Task StartAsync()
    {
        Port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(Folder, "sshd_config"), Config);
        await File.WriteAllTextAsync(Path.Combine(Folder, "setup.sh"), Setup);
        await RunAsync("sh", Path.Combine(Folder, "setup.sh"));
        _sshd = await StartSshdAsync("sshd_config", Port);
    }

    /// <summary>Another sshd with the same users, which ends when it is disposed.</summary>
    /// <param name="settings">Lines that win over the lab's own: the first of a keyword counts.</param>
    public async Task<OtherSshd> AnotherAsync(int port, string hostKey = "host_ed25519", string settings = "")
    {
        var config = Config
            .Replace($"Port {Port}", $"Port {port}", StringComparison.Ordinal)
            .Replace("host_ed25519", hostKey, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Folder, $"sshd_config_{port}"), $"{settings}\n{config}");
        return new(await StartSshdAsync($"sshd_config_{port}", port));
    }

    private async Task<Process> StartSshdAsync(string configName, int port)
    {
        var start = new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", Path.Combine(Folder, configName)])
        {
            RedirectStandardError = true,
            // It would keep that of the tests open when it outlives them.
            RedirectStandardOutput = true,
        };
        var sshd = Process.Start(start)!; // not null: no shell is used
        sshd.ErrorDataReceived += (_, _) => { };
        sshd.BeginErrorReadLine();
        for (var i = 0; i < 200 && !await ListensAsync(port); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        return sshd;
    }

    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program}: {await error}{await output}");
    }

    private string Config =>
        $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {Folder}/host_ed25519
            PidFile none
            AuthorizedKeysFile {Folder}/authorized_keys
            StrictModes no
            PasswordAuthentication yes
            KbdInteractiveAuthentication no
            UsePAM no
            MaxStartups 100:30:200
            LogLevel ERROR
            SetEnv PATH={Bin}:/usr/local/bin:/usr/bin:/bin

            """;

    private string Setup =>
        $$"""
            set -e; cd "{{Folder}}"; mkdir -p /run/sshd bin; chmod 755 . bin
            for u in $(getent passwd | grep -o '^vmhpm-p[0-9]*'); do
              [ -d /proc/${u#vmhpm-p} ] || { userdel -f $u; rm -f /etc/sudoers.d/lab-$u; }
            done 2>/dev/null
            group=$(getent group libvirt | cut -d: -f1)
            useradd -M -d "{{Folder}}" -s /bin/bash ${group:+-G $group} {{User}}
            chpasswd <<'X'
            {{User}}:{{Password}}
            X
            ssh-keygen -q -t ed25519 -N '' -f id_ed25519
            ssh-keygen -q -t rsa -b 2048 -N '' -f id_rsa
            ssh-keygen -q -t ecdsa -b 256 -N '' -f id_ecdsa
            ssh-keygen -q -t ed25519 -N {{Passphrase}} -f id_ed25519_enc
            ssh-keygen -q -t ed25519 -N '' -f host_ed25519
            ssh-keygen -q -t ed25519 -N '' -f host_other
            cat id_*.pub > authorized_keys
            cat > bin/shutdown <<'X'
            #!/bin/sh
            echo "$(basename "$0") by=${SUDO_USER:-$(id -un)} args=$*" >> {{PowerLog}}
            case "$*" in *fail*) echo "stub: told to fail" >&2; exit 1;; *hang*) sleep 60;; esac
            exit 0
            X
            chmod 755 bin/shutdown; for n in poweroff reboot; do ln -s shutdown bin/$n; done
            touch power.log; chmod 666 power.log
            cat > {{SudoersFile}} <<'X'
            Defaults:{{User}} secure_path="{{Bin}}:/usr/sbin:/usr/bin:/sbin:/bin", !requiretty
            {{User}} ALL=(root) NOPASSWD: {{Bin}}/shutdown, {{Bin}}/poweroff
            X
            chmod 440 {{SudoersFile}}
            """;
}

/// <summary>An sshd beside the lab's, with all that it started.</summary>
public sealed class OtherSshd(Process sshd) : IDisposable
{
    public void Dispose()
    {
        if (!sshd.HasExited)
        {
            sshd.Kill(entireProcessTree: true);
            sshd.WaitForExit();
        }
        sshd.Dispose();
    }
}
