using System.Net.NetworkInformation;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.WakeOnLan;

/// <summary>Whether a network card waits for magic packets once its machine is off: its system has to arm it before. Asked
/// of the machine itself.</summary>
internal static class ArmedCard
{
    /// <summary>Prints one line: <c>missing</c> (no such card), <c>IF wol LETTERS</c> by ethtool, or <c>IF sysfs STATE</c> by
    /// what everybody may read. Bridges and bonds have their card's address: the one with a device below is the card.</summary>
    private const string Look =
        "mac=$1; card=; for p in /sys/class/net/*; do if [ -e \"$p/device\" ] && "
        + "[ \"$(cat \"$p/address\" 2>/dev/null)\" = \"$mac\" ]; then card=${p##*/}; fi; done; "
        + "if [ -z \"$card\" ]; then echo missing; exit 0; fi; "
        + "root=; [ \"$(id -u)\" = 0 ] || root=\"sudo -n\"; "
        + "wol=$($root ethtool \"$card\" 2>/dev/null | grep \"Wake-on:\" | grep -v Supports | tr -d \"[:space:]\"); "
        + "if [ -n \"$wol\" ]; then echo \"$card wol ${wol#*:}\"; exit 0; fi; "
        + "echo \"$card sysfs $(cat \"/sys/class/net/$card/device/power/wakeup\" 2>/dev/null)\"";

    /// <summary>The same of Windows: <c>windows armed NAME</c> or <c>windows disarmed NAME</c>. A virtual switch has its
    /// card's address too: one armed card of that address is enough.</summary>
    private const string LookOnWindows = """
        $n=@(Get-CimInstance -ClassName Win32_NetworkAdapter|Where-Object{"$($_.MACAddress)" -eq $a.mac}|ForEach-Object{"$($_.Name)"})
        if($n.Count -eq 0){'missing'}else{
        $w=@(powercfg.exe /devicequery wake_armed);$h=@($n|Where-Object{$w -contains $_})
        if($h.Count -gt 0){"windows armed $($h[0])"}else{"windows disarmed $($n[0])"}}
        """;

    public static async Task<HostCheck> CheckAsync(WakeRelay host, PhysicalAddress mac, CancellationToken ct)
    {
        var address = string.Join(':', mac.GetAddressBytes().Select(b => b.ToString("x2", null)));
        try
        {
            return Read(await host.RunAsync(RemoteCommand.Script(Look, address).Text, ct), address);
        }
        catch (DeviceException e)
        {
            return (e.Fault == DeviceFault.Refused ? await OfWindowsAsync(host, address, ct) : null)
                ?? Unknown(Sentence.Of($"the host did not answer the question: {e.Message}"));
        }
    }

    /// <summary>What knows no POSIX shell may be Windows. Null: it is not.</summary>
    private static async Task<HostCheck?> OfWindowsAsync(WakeRelay host, string address, CancellationToken ct)
    {
        try
        {
            return Read(await host.RunAsync(Windows(address).Line, ct), address);
        }
        catch (DeviceException)
        {
            return null;
        }
    }

    internal static PowerShellScript Windows(string address) =>
        PowerShellScript.Of(LookOnWindows, new { mac = address.ToUpperInvariant() });

    internal static HostCheck Read(string said, string address) =>
        said.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["missing"] => new(
                CheckNames.Armed,
                HostCheckState.Failed,
                $"the host has no network card with the address {address}: correct it in its settings"
            ),
            ["windows", "armed", .. var name] => new(
                CheckNames.Armed,
                HostCheckState.Ok,
                $"{string.Join(' ', name)} may wake the machine; that it does so from power off is up to its firmware"
            ),
            ["windows", "disarmed", .. var name] => new(
                CheckNames.Armed,
                HostCheckState.Failed,
                $"{string.Join(' ', name)} is not armed: powercfg /deviceenablewake \"{string.Join(' ', name)}\", and allow magic packets in the properties of the card; the firmware has to allow it too"
            ),
            [var card, "wol", var letters] when letters.Contains('g', StringComparison.Ordinal) => new(
                CheckNames.Armed,
                HostCheckState.Ok,
                $"{card} waits for magic packets (Wake-on: {letters}); after a true loss of power many boards forget it until they were started once"
            ),
            [var card, "wol", var letters] => new(
                CheckNames.Armed,
                HostCheckState.Failed,
                $"{card} is not armed (Wake-on: {letters}): ethtool -s {card} wol g, and so that it lasts in the system's network settings; the firmware has to allow it too"
            ),
            [var card, "sysfs", "disabled"] => new(
                CheckNames.Armed,
                HostCheckState.Warning,
                $"{card} may not wake the machine as the kernel says; ethtool would tell for sure (as root or by sudo)"
            ),
            [var card, "sysfs", ..] => Unknown(
                Sentence.Of($"ethtool cannot be run for {card} (it needs root, or a right by sudo)")
            ),
            _ => Unknown(Sentence.Of($"the host does not tell")),
        };

    private static HostCheck Unknown(Sentence why) =>
        new(CheckNames.Armed, HostCheckState.Warning, $"whether its card is armed is not known: {why}");
}
