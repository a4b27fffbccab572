using System.Diagnostics;

namespace VmPowerManager.Lab;

/// <summary>A real libvirtd (one a machine: it is shared, started where there is none, and left running) and a real
/// QEMU guest without an operating system: it runs, is saved, is forced off, and ignores ACPI. Needs root.</summary>
public static class LibvirtLab
{
    public const string Uri = "qemu:///system";

    public static async Task<bool> StartAsync(string folder)
    {
        if (!File.Exists("/usr/sbin/libvirtd") || !File.Exists("/usr/bin/qemu-system-x86_64"))
            return false;
        if (await AnswersAsync())
            return true;
        await File.WriteAllTextAsync("/etc/libvirt/qemu.conf", Qemu);
        var config = Path.Combine(folder, "libvirtd.conf");
        await File.WriteAllTextAsync(config, Libvirtd);
        var command = $"exec setsid /usr/sbin/libvirtd -f {config} -p /run/libvirt/lab.pid >/dev/null 2>&1 </dev/null";
        Directory.CreateDirectory("/run/libvirt");
        using var daemon = Process.Start("sh", ["-c", command]);
        for (var i = 0; i < 600 && !await AnswersAsync(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return await AnswersAsync();
    }

    public static Task<string> VirshAsync(params string[] arguments) =>
        SshLab.RunAsync("virsh", ["-q", "-c", Uri, .. arguments]);

    /// <summary>Defines a guest and gives its UUID.</summary>
    public static async Task<string> DefineAsync(string folder, string name)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.xml");
        await File.WriteAllTextAsync(file, Domain(name));
        await VirshAsync("define", file);
        return (await VirshAsync("domuuid", name)).Trim();
    }

    public static async Task RemoveAsync(string uuid)
    {
        foreach (var verb in (string[])["destroy", "managedsave-remove", "undefine"])
            try
            {
                await VirshAsync(verb, uuid);
            }
            // It does not run, or has nothing saved.
            catch (InvalidOperationException) { }
    }

    /// <summary>Guests of libvirt's test driver, running until what is given back is disposed.</summary>
    public static async Task<IAsyncDisposable> HoldTestDriverAsync(string folder, IEnumerable<string> names)
    {
        const string virsh = "virsh -q -c test+unix:///default";
        var batch = Path.Combine(folder, "test-domains");
        var lines = names.Select((n, i) => $"create {batch}.{i}\n").ToList();
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
            await File.WriteAllTextAsync(
                $"{batch}.{i}",
                $"<domain type='test'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os></domain>"
            );
        var keeper = new Process
        {
            StartInfo = new("sh", ["-c", $"exec {virsh} >/dev/null 2>&1"]) { RedirectStandardInput = true },
        };
        keeper.Start();
        await keeper.StandardInput.WriteAsync(string.Concat(lines));
        await keeper.StandardInput.FlushAsync();
        for (var i = 0; i < 200 && (await ListedAsync(virsh)) < lines.Count; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return new Held(keeper);
    }

    private static async Task<int> ListedAsync(string virsh) =>
        (await SshLab.RunAsync("sh", "-c", $"{virsh} list --name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Length;

    private sealed class Held(Process keeper) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            keeper.Kill(entireProcessTree: true);
            await keeper.WaitForExitAsync();
            keeper.Dispose();
        }
    }

    private static async Task<bool> AnswersAsync()
    {
        try
        {
            await VirshAsync("version");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private const string Libvirtd = """
        unix_sock_group = "libvirt"
        unix_sock_rw_perms = "0770"
        auth_unix_ro = "none"
        auth_unix_rw = "none"

        """;

    /// <summary>Without systemd, cgroups and security drivers.</summary>
    private const string Qemu = """
        user = "root"
        group = "root"
        security_driver = "none"
        dynamic_ownership = 0
        remember_owner = 0
        cgroup_controllers = [ ]
        namespaces = [ ]
        stdio_handler = "file"

        """;

    private static string Domain(string name) =>
        $"""
            <domain type='qemu'>
              <name>{System.Security.SecurityElement.Escape(name)}</name>
              <memory unit='MiB'>32</memory><vcpu>1</vcpu>
              <os><type arch='x86_64' machine='pc'>hvm</type></os>
              <features><acpi/></features>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                <controller type='usb' model='none'/><memballoon model='none'/><video><model type='none'/></video>
              </devices>
            </domain>
            """;
}
