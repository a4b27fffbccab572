using VmPowerManager.Hosts;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>Stand-ins for vim-cmd and esxcli behind a real OpenSSH.</summary>
public abstract class EsxiShellBench(VSphereStands stands, LabFolder lab) : VSphereTest(stands)
{
    protected string Folder => Path.Combine(lab.Folder, "esxi");

    protected const string First = "52ab0000-0000-4000-8000-000000000010";
    protected const string Third = "52ab0000-0000-4000-8000-000000000030";
    protected const string Other = "52ab0000-0000-4000-8000-000000000001";

    private protected SshSettings Ssh() =>
        new()
        {
            Host = "127.0.0.1",
            Port = lab.SshPort,
            UserName = "lab",
        };

    private protected async Task ShellAsync(
        VSphereStand stand,
        params (int Id, string Name, string Uuid, string Power, bool Tools)[] vms
    )
    {
        await lab.NeedsAsync("ssh", "/usr/sbin/sshd", "/usr/bin/unshare");
        await lab.RunAsync("esxi-shell", "start");
        await File.WriteAllTextAsync(Path.Combine(lab.Folder, "log/power"), "", Ct);
        await File.WriteAllTextAsync(Path.Combine(Folder, "maintenance"), "Disabled\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(Folder, "uuid"), await stand.HardwareAsync(), Ct);
        foreach (var old in Directory.GetFiles(Path.Combine(Folder, "vms")))
            File.Delete(old);
        foreach (var (id, name, uuid, power, tools) in vms)
            await File.WriteAllTextAsync(
                Path.Combine(Folder, "vms", $"{id}"),
                $"NAME={name}\nUUID={uuid}\nPOWER={power}\nTOOLS={(tools ? "yes" : "no")}\nTEMPLATE=no\nNOTE=see\\n3 things\\n4 of them\n",
                Ct
            );
        await LabFolder.ShellAsync("chmod", ["-R", "a+rwX", Folder]);
    }

    protected Task<string> PowerLogAsync() => File.ReadAllTextAsync(Path.Combine(lab.Folder, "log/power"), Ct);
}
