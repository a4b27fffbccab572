using System.Diagnostics;
using VmPowerManager.Hosts.HyperV;
using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>The PowerShell engine without a network.</summary>
internal static class LocalWay
{
    /// <param name="options">In front of the script's own arguments.</param>
    public static async Task<PowerShellResult> RunAsync(HyperVLab lab, PowerShellScript script, params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(lab.Bin, "powershell"), [.. options, .. script.Arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{lab.Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, error, false);
    }
}
