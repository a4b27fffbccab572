using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>The lines that run on the host. Constant text: the connection URI and UUIDs are arguments.</summary>
internal static class VirshScript
{
    /// <summary>One virsh process, one connection, sections told apart by <c>@@name</c>. The state comes from domstats,
    /// because the table of <c>list</c> cannot be cut into columns when names hold spaces. A saved guest is one that is
    /// off with a managed save image.</summary>
    private const string Listing =
        "echo @@uuid; list --all --uuid --name; echo @@state; domstats --state; "
        + "echo @@saved; list --all --with-managed-save --uuid; echo @@end";

    private const string Realm = "echo @@realm; hostname; capabilities; ";

    /// <summary>Which system it is, and whether the firmware told libvirt which machine: by that libvirt's own UUID is judged.
    /// Everybody may see whether there is something to read; only root may read it.</summary>
    private const string Machine =
        "echo \"@@machine $(cat /etc/machine-id 2>/dev/null)\"; f=/sys/class/dmi/id/product_uuid; "
        + "if [ -e \"$f\" ]; then echo \"@@firmware $(cat \"$f\" 2>/dev/null)\"; fi; ";

    private const string ListStates = "exec virsh -q -c \"$1\" \"" + Listing + "\"";

    /// <summary>Capabilities are long (every machine type of every emulator): only the UUID is sent. virsh's exit code is
    /// lost behind the pipe; it stops at the first command that fails, so the last section says that all went well.</summary>
    private const string ListWithRealm =
        "virsh -q -c \"$1\" \"" + Realm + Listing + "\" | grep -v -E \"^ *<([^u/]|/[^u])\"; ";

    /// <summary>Fifty guests to a virsh: one for each would take a processor for longer than all else together. A guest's
    /// line is followed by another one where its agent is connected. One that goes meanwhile leaves those behind it untold.</summary>
    private const string Connected =
        "ask() { [ -z \"$c\" ] || virsh -q -c \"$1\" \"$c\" | grep -o -E \"@@agent [0-9a-f-]+|guest_agent.0' state='connected'\"; c=; n=0; }; "
        + "seen=$(c=; n=0; for u in $(virsh -q -c \"$1\" list --uuid); do c=\"$c echo @@agent $u; dumpxml $u;\"; n=$((n+1)); "
        + "if [ $n = 50 ]; then ask \"$1\"; fi; done; ask \"$1\"); ";

    /// <summary>A connected agent may still hang: it is pinged, four guests at a time. After eight seconds the others are
    /// believed to be as they say, so that hung ones do not spoil the whole listing.</summary>
    private const string Agents =
        Connected
        + "(echo \"$seen\"; echo @@agent) | { t=$(date +%s); u=; k=; n=0; while read -r m v; do "
        + "if [ \"$m\" != @@agent ]; then k=1; continue; fi; "
        + "if [ -n \"$u\" ] && [ -z \"$k\" ]; then echo \"@@agent $u absent\"; elif [ -n \"$u\" ]; then "
        + "(a=absent; if [ $(($(date +%s)-t)) -gt 8 ] || "
        + "virsh -q -c \"$1\" qemu-agent-command \"$u\" '{\"execute\":\"guest-ping\"}' --timeout 2 >/dev/null 2>&1 </dev/null; "
        + "then a=running; fi; echo \"@@agent $u $a\") & n=$((n+1)); [ $((n%4)) -ne 0 ] || wait; fi; "
        + "u=$v; k=; done; wait; }; true";

    /// <summary>For verbs that libvirt answers only when all is done (a save writes the guest's memory): what goes wrong
    /// at once is told, what takes longer than three seconds is accepted and goes on by itself. Where no temporary file
    /// can be made (a full or read-only disk), it runs in the foreground.</summary>
    private const string Detached =
        "f=$(mktemp 2>/dev/null) || exec virsh -q -c \"$1\" \"$2\" \"$3\"; (trap '' HUP; virsh -q -c \"$1\" \"$2\" \"$3\"; echo \"@@exit $?\") "
        + ">\"$f\" 2>&1 </dev/null & i=0; while [ $i -lt 30 ]; do "
        + "if grep -q \"^@@exit\" \"$f\"; then break; fi; sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done; "
        + "c=$(sed -n \"s/^@@exit //p\" \"$f\"); grep -v \"^@@exit\" \"$f\" >&2; rm -f \"$f\"; exit ${c:-0}";

    /// <summary>Which guests libvirt itself starts with the host.</summary>
    private const string Autostart = "virsh -q -c \"$1\" \"echo @@autostart; list --all --autostart --uuid\"; ";

    /// <summary>Debian's and Red Hat's service that saves or stops guests when the host goes down, and starts those again
    /// when it comes up. Its settings are read as they are written; what is not set has the service's own default.</summary>
    private const string Service =
        "if command -v systemctl >/dev/null 2>&1 && systemctl is-enabled -q libvirt-guests 2>/dev/null; then "
        + "echo \"@@service ON_SHUTDOWN=suspend ON_BOOT=start\"; "
        + "sed -n \"s/^ *ON_[A-Z]*=/@@service &/p\" /etc/default/libvirt-guests /etc/sysconfig/libvirt-guests 2>/dev/null; "
        + "fi; ";

    public static RemoteCommand Find { get; } = RemoteCommand.Script("command -v virsh && virsh --version");

    public static RemoteCommand States(string uri) => RemoteCommand.Script(ListStates, uri);

    /// <param name="onHost">The shell runs on the host whose guests these are.</param>
    public static RemoteCommand StatesWithRealm(string uri, bool onHost) =>
        RemoteCommand.Script((onHost ? Machine : "") + ListWithRealm, uri);

    /// <inheritdoc cref="StatesWithRealm"/>
    public static RemoteCommand Discovery(string uri, bool onHost) =>
        RemoteCommand.Script(
            (onHost ? Machine : "") + ListWithRealm + Autostart + (onHost ? Service : "") + Agents,
            uri
        );

    public static RemoteCommand Power(string uri, Guid uuid, GuestVerb verb, ShutdownVia? via)
    {
        var id = uuid.ToString("D");
        string[] virsh = ["-q", "-c", uri];
        return verb switch
        {
            GuestVerb.Shutdown => RemoteCommand.Of("virsh", [.. virsh, "shutdown", id, .. Mode(via)]),
            GuestVerb.Reboot => RemoteCommand.Of("virsh", [.. virsh, "reboot", id]),
            GuestVerb.Resume => RemoteCommand.Of("virsh", [.. virsh, "resume", id]),
            GuestVerb.Save => RemoteCommand.Script(Detached, uri, "managedsave", id),
            GuestVerb.ForceOff => RemoteCommand.Script(Detached, uri, "destroy", id),
            GuestVerb.Start => RemoteCommand.Script(Detached, uri, "start", id),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        };
    }

    /// <summary>Null leaves the choice to the hypervisor, which takes the agent where it is connected.</summary>
    private static string[] Mode(ShutdownVia? via) =>
        via switch
        {
            ShutdownVia.Agent => ["--mode", "agent"],
            ShutdownVia.Acpi => ["--mode", "acpi"],
            _ => [],
        };
}
