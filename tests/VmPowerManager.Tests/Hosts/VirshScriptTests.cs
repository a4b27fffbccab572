using System.Diagnostics;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Libvirt;

namespace VmPowerManager.Tests.Hosts;

public sealed class VirshScriptTests
{
    [Theory]
    [InlineData(GuestVerb.ForceOff, "destroy", 0)]
    [InlineData(GuestVerb.Save, "managedsave", 3)]
    [InlineData(GuestVerb.Start, "start", 0)]
    public async Task Power_WithoutATemporaryFile_RunsInTheForeground(GuestVerb verb, string word, int exitCode)
    {
        var folder = Directory.CreateTempSubdirectory("vmhpm-virsh-");
        await StubAsync(folder.FullName, $"echo \"$@\"\nexit {exitCode}");
        var id = Guid.NewGuid();
        var (said, code) = await RunAsync(folder.FullName, VirshScript.Power("test:///d", id, verb, null).Text);
        folder.Delete(recursive: true);
        Assert.Equal(($"-q -c test:///d {word} {id:D}\n", exitCode), (said, code));
    }

    [Fact]
    public async Task Discovery_PingsTheAgentsThatAreConnected()
    {
        string[] ids = [.. Enumerable.Range(1, 5).Select(i => $"00000000-0000-0000-0000-00000000000{i}")];
        var folder = Directory.CreateTempSubdirectory("vmhpm-virsh-");
        // Of five that run, the first answers, the second hangs, the others have none.
        await StubAsync(
            folder.FullName,
            "case \"$*\" in *@@realm*) printf '@@realm\\nh1\\n@@uuid'; i=0; for u in "
                + string.Join(' ', ids)
                + "; do printf '\\n%s g' $u; done; printf '\\n@@state@@saved@@end\\n';; *autostart*) echo @@autostart;; "
                + $"*' list --uuid') printf '%s\\n' {string.Join(' ', ids)};; "
                + $"*dumpxml*) for u in {string.Join(' ', ids)}; do echo \"@@agent $u\"; case $u in *[12]) "
                + "echo \"<target name='org.qemu.guest_agent.0' state='connected'/>\";; esac; done;; "
                + $"*'qemu-agent-command {ids[0]} {{\"execute\":\"guest-ping\"}} --timeout 2') echo pong;; *) exit 1;; esac"
        );
        var (said, _) = await RunAsync(folder.FullName, VirshScript.Discovery("test:///d", onHost: false).Text);
        folder.Delete(recursive: true);
        var told = said.Split('\n').Where(l => l.StartsWith("@@agent", StringComparison.Ordinal)).Order();
        Assert.Equal([$"@@agent {ids[0]} running", .. ids.Skip(1).Select(id => $"@@agent {id} absent")], told);
        Assert.True(VirshListing.Parse(said).Complete);
    }

    private static async Task StubAsync(string folder, string script)
    {
        var stub = Path.Combine(folder, "virsh");
        await File.WriteAllTextAsync(stub, $"#!/bin/sh\n{script}\n", Ct);
        using var chmod = Process.Start("chmod", ["+x", stub]);
        await chmod.WaitForExitAsync(Ct);
    }

    private static async Task<(string Said, int ExitCode)> RunAsync(string folder, string line)
    {
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = Path.Combine(folder, "nosuch");
        start.Environment["PATH"] = $"{folder}:/usr/bin:/bin";
        using var process = Process.Start(start)!; // not null: it was started
        var said = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (said, process.ExitCode);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
