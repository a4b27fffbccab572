using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Ssh;

/// <summary>A real OpenSSH; shutdown and its kin only write down what they were told.</summary>
public sealed class SshPeer(LabFolder lab) : IPlatformPeer
{
    private static readonly string[] Needs = ["/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/unshare"];

    public string Platform => "ssh";
    public int Port => lab.SshPort;

    public async Task ReadyAsync()
    {
        await lab.NeedsAsync("ssh", Needs);
        await File.WriteAllTextAsync(PowerLog, "");
    }

    public HostDevice Device(Way way) => Device(way, null);

    public (HostDevice, string) Lacking() => (Device(new(), "sudo -n nosuchcommand"), "shutdownCommand");

    public async Task<int?> ContactsAsync()
    {
        var log = await File.ReadAllLinesAsync(Path.Combine(lab.Folder, "log/sshd"));
        return log.Count(l => l.Contains("Accepted ", StringComparison.Ordinal));
    }

    public async Task<bool> ShutdownSeenAsync() => (await File.ReadAllTextAsync(PowerLog)).Length > 0;

    internal HostDevice Device(Way way, string? shutdownCommand, string? libvirtUri = null) =>
        new(
            1,
            "lab",
            new HostSettings
            {
                Ssh = new SshSettings
                {
                    Host = "127.0.0.1",
                    Port = way.Port ?? Port,
                    UserName = "lab",
                    HostKeyFingerprint = way.Fingerprint,
                    ShutdownCommand = shutdownCommand,
                    LibvirtUri = libvirtUri,
                },
            }.ToElement(),
            new Dictionary<string, string>
            {
                [HostSecrets.SshPassword] = way.WrongSecret ? "not it" : "lab-password-12",
            }
        );

    private string PowerLog => Path.Combine(lab.Folder, "log/power");
}
