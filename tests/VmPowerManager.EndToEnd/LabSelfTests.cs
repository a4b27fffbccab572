using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>The lab itself: what the scenarios rest on, seen with independent clients.</summary>
public sealed class LabSelfTests(Lab lab)
{
    [Fact]
    public async Task Nut_StatusSet_IsServedAtOnce()
    {
        await lab.NeedsAsync("nut");
        await lab.Nut.LowBatteryAsync("ups2");
        var served = await lab.ScriptAsync("nut", "get", "ups2", "ups.status");
        Assert.Equal("OB DISCHRG LB", served.Output.Trim());
        await lab.Nut.KillDriverAsync("ups2");
        await lab.Nut.ResetAsync();
        Assert.Equal("OL", (await lab.ScriptAsync("nut", "get", "ups2", "ups.status")).Output.Trim());
    }

    [Fact]
    public async Task Ssh_Shutdown_IsOnlyLogged()
    {
        await lab.NeedsAsync("ssh");
        (await SshAsync("sudo -n shutdown -h now; /usr/sbin/shutdown -h +1 later")).Ok("ssh");
        lab.Targets.OnShutdown("exit 3");
        Assert.Equal(3, (await SshAsync("sudo -n poweroff")).Exit);
        Assert.Equal(["-h now", "-h +1 later", ""], lab.Targets.PowerCommands().Select(c => c.Arguments));
        Assert.Equal("lab", lab.Targets.PowerCommands()[0].By);
    }

    [Fact]
    public async Task Libvirt_GuestStoppedOverSsh_IsOffAndSeen()
    {
        await lab.NeedsAsync("ssh", "libvirt");
        await lab.Guests.RunAsync("vm1", "vm3");
        (await SshAsync("virsh -c qemu:///system shutdown --mode acpi vm1")).Ok("virsh shutdown");
        (await SshAsync("virsh -c qemu:///system shutdown vm3 --mode acpi")).Ok("virsh shutdown");
        await lab.Guests.OffWithinAsync(20, "vm1");
        Assert.True(await lab.Guests.RunsAsync("vm3"));
        (await SshAsync("sudo -n shutdown -h now")).Ok("stub");
        Assert.Equal("shut off", lab.Targets.PowerCommands()[0].Guests["vm1"]);
        Assert.Equal("running", lab.Targets.PowerCommands()[0].Guests["vm3"]);
        Assert.Equal(
            ["shutdown vm1 running", "shutdown vm3 running"],
            lab.Targets.GuestCommands().Select(c => $"{c.Verb} {c.Guest} {c.StateBefore}")
        );
    }

    private Task<ShellResult> SshAsync(string command) =>
        Shell.RunAsync(
            "ssh",
            [
                "-p",
                $"{lab.SshPort}",
                .. new[]
                {
                    "UserKnownHostsFile=/dev/null",
                    "StrictHostKeyChecking=no",
                    "LogLevel=ERROR",
                    "BatchMode=yes",
                }.SelectMany(o => new[] { "-o", o }),
                "-i",
                Path.Combine(lab.Folder, "ssh", "id_ed25519"),
                "lab@127.0.0.1",
                command,
            ]
        );
}
