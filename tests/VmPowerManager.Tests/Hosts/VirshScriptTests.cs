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
        var stub = Path.Combine(folder.FullName, "virsh");
        await File.WriteAllTextAsync(stub, $"#!/bin/sh\necho \"$@\"\nexit {exitCode}\n", Ct);
        using (var chmod = Process.Start("chmod", ["+x", stub]))
            await chmod.WaitForExitAsync(Ct);
        var id = Guid.NewGuid();
        var start = new ProcessStartInfo("sh", ["-c", VirshScript.Power("test:///d", id, verb, null).Text])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = Path.Combine(folder.FullName, "nosuch");
        start.Environment["PATH"] = $"{folder.FullName}:/usr/bin:/bin";
        using var process = Process.Start(start)!; // not null: it was started
        var said = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        folder.Delete(recursive: true);
        Assert.Equal(($"-q -c test:///d {word} {id:D}\n", exitCode), (said, process.ExitCode));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
