using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>How PowerShell on a Hyper-V host is reached.</summary>
internal interface IPowerShellWay
{
    /// <exception cref="DeviceException">As the wire's.</exception>
    Task<PowerShellResult> RunAsync(HostDevice host, PowerShellScript script, CancellationToken ct);

    /// <summary>Null: the conversation ended after the script was on its way, as it does when the machine goes down.</summary>
    /// <exception cref="DeviceException">The script was not begun, or somebody said what became of it.</exception>
    Task<PowerShellResult?> TryRunAsync(HostDevice host, PowerShellScript script, CancellationToken ct);

    /// <summary>Connects and logs in anew, and runs a script if that went well.</summary>
    Task<PowerShellProbe> ProbeAsync(HostDevice host, PowerShellScript script, CancellationToken ct);
}

/// <param name="ExitCode">Null: none was told.</param>
internal sealed record PowerShellResult(int? ExitCode, string Output, string Error, bool Truncated)
{
    /// <summary>What PowerShell said of its failure.</summary>
    public string Words
    {
        get
        {
            var words = Clixml.Words(Error);
            if (words.Length == 0)
                words = Output.Trim();
            return words.Length > 0 ? words : $"exit code {ExitCode}";
        }
    }
}

/// <summary>The checks so far (<c>connect</c>, <c>hostKey</c> or <c>certificate</c>, <c>login</c>), what the peer showed, and
/// what the script gave; null when one of them failed.</summary>
internal sealed record PowerShellProbe(HostProbe Reached, PowerShellResult? Result);
