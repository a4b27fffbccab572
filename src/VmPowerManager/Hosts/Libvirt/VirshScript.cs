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

    private const string ListStates = "exec virsh -q -c \"$1\" \"" + Listing + "\"";

    /// <summary>Capabilities are long (every machine type of every emulator): only the UUID is sent. virsh's exit code is
    /// lost behind the pipe; it stops at the first command that fails, so the last section says that all went well.</summary>
    private const string ListWithRealm =
        "virsh -q -c \"$1\" \"" + Realm + Listing + "\" | grep -v -E \"^ *<([^u/]|/[^u])\"; ";

    private const string Agents =
        "for u in $(virsh -q -c \"$1\" list --uuid); do "
        + "virsh -q -c \"$1\" dumpxml \"$u\" | grep -F org.qemu.guest_agent.0 | grep -q \"state='connected'\" "
        + "&& echo \"@@agent $u running\" || echo \"@@agent $u absent\"; done";

    /// <summary>For verbs that libvirt answers only when all is done (a save writes the guest's memory): what goes wrong
    /// at once is told, what takes longer than three seconds is accepted and goes on by itself. Where no temporary file
    /// can be made (a full or read-only disk), it runs in the foreground.</summary>
    private const string Detached =
        "f=$(mktemp 2>/dev/null) || exec virsh -q -c \"$1\" \"$2\" \"$3\"; (trap '' HUP; virsh -q -c \"$1\" \"$2\" \"$3\"; echo \"@@exit $?\") "
        + ">\"$f\" 2>&1 </dev/null & i=0; while [ $i -lt 30 ]; do "
        + "if grep -q \"^@@exit\" \"$f\"; then break; fi; sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done; "
        + "c=$(sed -n \"s/^@@exit //p\" \"$f\"); grep -v \"^@@exit\" \"$f\" >&2; rm -f \"$f\"; exit ${c:-0}";

    public static RemoteCommand Find { get; } = RemoteCommand.Script("command -v virsh && virsh --version");

    public static RemoteCommand States(string uri, bool withRealm) =>
        RemoteCommand.Script(withRealm ? ListWithRealm : ListStates, uri);

    public static RemoteCommand Discovery(string uri) => RemoteCommand.Script(ListWithRealm + Agents, uri);

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
