using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>An ESXi host through its own shell over SSH: what is left when its licence or its vCenter does not let us act
/// through the API. Where the API told which machine it is, the shell must be that machine's.</summary>
internal sealed partial class EsxiShell(SshAccess ssh)
{
    private const string Reason = "VM Host Power Manager";

    /// <summary>One VM, printed by one echo so that several do not mix; asked again when it could not be told. Only the lines
    /// that are wanted travel.</summary>
    private const string Look =
        "look() { for try in 1 2; do s=$(vim-cmd vmsvc/get.summary \"$1\" 2>/dev/null | "
        + "grep -E '^ *(name|template|instanceUuid|powerState|connectionState|toolsRunningStatus|extensionKey) = '); "
        + "[ -z \"$s\" ] || break; done; echo \"$(echo \"@@vm $1\"; echo \"$s\")\"; }; ";

    private const string Uuid =
        "echo \"@@uuid $(vim-cmd hostsvc/hosthardware 2>/dev/null | grep -m1 -E '^ *uuid = ' | sed 's/.*= //')\"; ";

    /// <summary>Four at a time, since each <c>vim-cmd</c> takes a while. What the host skips is told as well, and lines of
    /// annotations are not taken for VMs.</summary>
    private const string List =
        "t=$(vim-cmd vmsvc/getallvms 2>&1) || { echo \"$t\" >&2; exit 1; }; "
        + "r=$(echo \"$t\" | grep -E '^[0-9]+ +.+ +[[][^]]+[]] |^Skipping' | cut -c1-300); echo \"$r\" | sed 's/^/@@row /'; "
        + Look
        + Uuid
        + "echo \"@@maintenance $(esxcli system maintenanceMode get 2>/dev/null)\"; n=0; "
        + "for i in $(echo \"$r\" | awk '/^[0-9]/{print $1}'); do "
        + "look \"$i\" & n=$((n+1)); [ $((n%4)) -ne 0 ] || wait; done; wait; echo @@end";

    private const string One = Look + Uuid + "look \"$1\"; echo @@end";

    /// <summary>The orderly command wants maintenance mode, which would have to be left again after the boot.</summary>
    private const string Down =
        "if [ \"$(esxcli system maintenanceMode get)\" = Enabled ]; "
        + "then exec esxcli system shutdown \"$1\" --reason \"$2\"; else exec \"$1\"; fi";

    /// <summary>The user gave a way in.</summary>
    public static bool IsSet(HostDevice host) => HostSettings.Of(host).Ssh is not null;

    /// <param name="hardware">The machine that it has to be; null: not known.</param>
    public async Task<EsxiListing> ListAsync(HostDevice host, string? hardware, CancellationToken ct)
    {
        var result = await ssh.RunAsync(host, RemoteCommand.Script(List), ct);
        var seen = (result.Succeeded ? EsxiListing.Parse(result.Output) : null) ?? throw Refused("vim-cmd", result);
        MustBe(host, hardware, seen.Uuid);
        var at = At(host);
        foreach (var guest in seen.Guests.Where(g => g.IsKnown))
            _numbers[(at, guest.VmId)] = (guest.Id, guest.Name);
        return seen with { Guests = [.. seen.Guests.Select(g => Remembered(at, g))] };
    }

    public async Task GuestAsync(
        HostDevice host,
        string? hardware,
        string externalId,
        GuestVerb verb,
        CancellationToken ct
    )
    {
        var id = await FindAsync(host, hardware, externalId, ct);
        var what = verb switch
        {
            GuestVerb.Shutdown => "power.shutdown",
            GuestVerb.Reboot => "power.reboot",
            GuestVerb.ForceOff => "power.off",
            GuestVerb.Save => "power.suspend",
            GuestVerb.Start or GuestVerb.Resume => "power.on",
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        };
        var number = Text(id);
        var result = await ssh.RunAsync(host, RemoteCommand.Of("vim-cmd", $"vmsvc/{what}", number), ct);
        if (IsAccepted(result))
            return;
        // What is so already is refused; the state says whether that was it.
        var state = await ssh.RunAsync(host, RemoteCommand.Of("vim-cmd", "vmsvc/power.getstate", number), ct);
        var wanted = verb switch
        {
            GuestVerb.Shutdown or GuestVerb.ForceOff or GuestVerb.Save => (string[])["Powered off", "Suspended"],
            GuestVerb.Start or GuestVerb.Resume => ["Powered on"],
            _ => [],
        };
        if (state.Output.Split('\n').Any(l => wanted.Contains(l.Trim())))
            return;
        if (Said(result).Contains("ToolsUnavailable", StringComparison.Ordinal))
            throw new DeviceException(
                DeviceFault.Refused,
                "VMware Tools does not run in the guest, so that it cannot be asked."
            );
        throw Refused($"vim-cmd vmsvc/{what}", result);
    }

    /// <summary>Asks the host itself; by the user's own command where there is one.</summary>
    public async Task HostAsync(HostDevice host, string? hardware, HostVerb verb, CancellationToken ct)
    {
        await DemandMachineAsync(host, hardware, ct);
        if (verb == HostVerb.Shutdown && !string.IsNullOrWhiteSpace(SshAccess.Settings(host).ShutdownCommand))
        {
            await ssh.HostPowerAsync(host, verb, ct);
            return;
        }
        var word = verb == HostVerb.Reboot ? "reboot" : "poweroff";
        await ssh.HostPowerAsync(host, new HostPowerCommand(word, RemoteCommand.Script(Down, word, Reason), null), ct);
    }

    public async Task<bool> InMaintenanceAsync(HostDevice host, CancellationToken ct) =>
        (await MaintenanceAsync(host, ct)).Output.Trim() == "Enabled";

    /// <returns>What was done, and whether somebody else had done it before.</returns>
    public async Task<(string Words, bool WasSo)> EnterMaintenanceAsync(
        HostDevice host,
        VSphereHost known,
        bool rehearse,
        CancellationToken ct
    )
    {
        if (await InMaintenanceAsync(host, ct))
            return ($"{known.Name} is in maintenance mode already", true);
        if (rehearse)
            return ($"{known.Name} can enter maintenance mode by its shell", false);
        await SetMaintenanceAsync(host, known.Hardware, enable: true, ct);
        return ($"{known.Name} is in maintenance mode", false);
    }

    public async Task SetMaintenanceAsync(HostDevice host, string? hardware, bool enable, CancellationToken ct)
    {
        await DemandMachineAsync(host, hardware, ct);
        string[] words = ["system", "maintenanceMode", "set", "-e", enable ? "true" : "false", "-t", "40"];
        var result = await ssh.RunAsync(host, RemoteCommand.Of("esxcli", words), ct);
        if ((await MaintenanceAsync(host, ct)).Output.Trim() != (enable ? "Enabled" : "Disabled"))
            throw Refused("esxcli system maintenanceMode set", result);
    }

    /// <summary>Connects and looks whether the commands are there: the first check that failed, or what to say; and which
    /// machine it is, as it says.</summary>
    public async Task<(HostCheck Check, string? HostKey, string? Uuid)> CheckAsync(
        HostDevice host,
        CancellationToken ct
    )
    {
        var probe = SshAccess.Probe(host);
        using var connection = await ssh.ConnectAsync(probe, ct);
        if (connection is null)
        {
            var failed = probe.Checks.First(c => c.State == HostCheckState.Failed);
            return (
                failed with
                {
                    Kind = failed.Kind == CheckNames.HostKey ? CheckNames.HostKey : CheckNames.Shell,
                },
                probe.Fingerprint,
                null
            );
        }
        var found = await probe.RunAsync(
            RemoteCommand.Script($"command -v vim-cmd && command -v esxcli || exit 1; {Uuid}echo @@end"),
            ct
        );
        var check = found.Succeeded
            ? new HostCheck(
                CheckNames.Shell,
                HostCheckState.Ok,
                $"the ESXi shell answers over SSH, for when the API cannot be used"
            )
            : new HostCheck(
                CheckNames.Shell,
                HostCheckState.Failed,
                $"logged in over SSH, but it is no ESXi shell: {found.Words}"
            );
        return (check, probe.Fingerprint, EsxiListing.Parse(found.Output)?.Uuid);
    }

    private Task<SshResult> MaintenanceAsync(HostDevice host, CancellationToken ct) =>
        ssh.RunAsync(host, RemoteCommand.Of("esxcli", "system", "maintenanceMode", "get"), ct);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>vim-cmd prints a fault, and does not always say so by its exit code.</summary>
    private static bool IsAccepted(SshResult result) =>
        result.Succeeded
        && !Said(result).Contains("vim.fault.", StringComparison.Ordinal)
        && !Said(result).Contains(" failed", StringComparison.Ordinal);

    private static string Said(SshResult result) => result.Output + result.Error;

    private static DeviceException Refused(string what, SshResult result)
    {
        var words = result.Words;
        return new(DeviceFault.Refused, $"{what}: {(words.Length > 400 ? words[..400] : words)}");
    }
}
