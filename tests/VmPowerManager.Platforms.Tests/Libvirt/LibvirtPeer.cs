using System.Diagnostics;
using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Platforms.Tests.Ssh;

namespace VmPowerManager.Platforms.Tests.Libvirt;

/// <summary>A real libvirtd with real QEMU guests behind a real OpenSSH; for many guests libvirt's own test driver.</summary>
public sealed class LibvirtPeer(LabFolder lab) : IGuestPeer
{
    private const string Ping = """{"execute": "guest-ping"}""";
    private readonly SshPeer _ssh = new(lab);

    public string Platform => "libvirt";
    public int Port => _ssh.Port;
    public string Willing { get; private set; } = "";
    public string Stubborn { get; private set; } = "";
    public string Nobody => "11111111-2222-3333-4444-555555555555";

    public async Task ReadyAsync()
    {
        await _ssh.ReadyAsync();
        await lab.NeedsAsync("libvirt", "/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/bin/qemu-system-x86_64");
        foreach (var guest in (string[])["vm1", "vm3"])
            if (!await RunsAsync(guest))
            {
                await VirshAsync("managedsave-remove", guest);
                await lab.RunAsync("libvirt", "boot", guest);
            }
        // One that was started by the test before may be booting: a press of the button would be lost.
        await Soon.BecomesTrueAsync(
            async () => await LabFolder.TryAsync("virsh", [.. Connection, "qemu-agent-command", "vm1", Ping]),
            "vm1 is up"
        );
        (Willing, Stubborn) = (await UuidAsync("vm1"), await UuidAsync("vm3"));
    }

    public HostDevice Device(Way way) => _ssh.Device(way, null);

    internal HostDevice Device(Way way, string? shutdownCommand, string uri) => _ssh.Device(way, shutdownCommand, uri);

    public (HostDevice, string) Lacking() => (_ssh.Device(new(), null, "qemu+unix:///nosuch"), "libvirt");

    public Task<int?> ContactsAsync() => _ssh.ContactsAsync();

    public Task<bool> ShutdownSeenAsync() => _ssh.ShutdownSeenAsync();

    public Task<string> VirshAsync(params string[] arguments) =>
        LabFolder.ShellAsync("virsh", [.. Connection, .. arguments]);

    /// <summary>The test driver keeps its guests while somebody is connected.</summary>
    public async Task<(HostDevice, IAsyncDisposable)> WithGuestsAsync(int count)
    {
        var folder = Directory.CreateDirectory(Path.Combine(lab.Folder, "many")).FullName;
        var names = Enumerable.Range(0, count).Select(i => $"many-{i}").ToList();
        foreach (var name in names)
            await File.WriteAllTextAsync(
                Path.Combine(folder, name),
                $"<domain type='test'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os></domain>"
            );
        var virsh = $"virsh -q -c test+unix:///default?socket={Socket}";
        var keeper = new Process
        {
            StartInfo = new("sh", ["-c", $"exec {virsh} >/dev/null 2>&1"]) { RedirectStandardInput = true },
        };
        keeper.Start();
        foreach (var name in names)
            await keeper.StandardInput.WriteLineAsync($"create {Path.Combine(folder, name)}");
        await keeper.StandardInput.FlushAsync();
        await Soon.BecomesTrueAsync(
            async () =>
                (await LabFolder.ShellAsync("sh", ["-c", $"{virsh} list --name"]))
                    .Split('\n')
                    .Count(l => l.StartsWith("many-", StringComparison.Ordinal)) == count,
            $"{count} guests run"
        );
        return (_ssh.Device(new(), null, "test+unix:///default?socket=/run/libvirt/libvirt-sock"), new Held(keeper));
    }

    private string[] Connection => ["-q", "-c", $"qemu:///system?socket={Socket}"];

    private async Task<bool> RunsAsync(string guest) => (await VirshAsync("domstate", guest)).Trim() == "running";

    private async Task<string> UuidAsync(string name) => (await VirshAsync("domuuid", name)).Trim();

    private string Socket => Path.Combine(lab.Folder, "libvirt/run/libvirt-sock");

    private sealed class Held(Process keeper) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            keeper.Kill(entireProcessTree: true);
            await keeper.WaitForExitAsync();
            keeper.Dispose();
        }
    }
}
