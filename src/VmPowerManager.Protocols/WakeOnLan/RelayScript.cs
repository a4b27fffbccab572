using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.WakeOnLan;

/// <summary>Has another machine send the packet, over SSH, with what is installed there: where our own broadcasts do not
/// arrive.</summary>
public static class RelayScript
{
    /// <summary>Of the Debian packages etherwake, wakeonlan and wol, and of busybox (ether-wake).</summary>
    private const string Tools = "etherwake, ether-wake, wakeonlan, wol";

    /// <summary>They read a SecureOn password from their input: the tools of <see cref="Tools"/> want it as an argument, which
    /// every user of the relay could see.</summary>
    private const string SecretTools = "python3, perl";

    /// <summary>Raw frames need root and an interface (that of the default route unless one is named); wakeonlan does as a
    /// plain user.</summary>
    private const string Find =
        "mac=$1 dev=$2 to=$3 port=$4; root=; [ \"$(id -u)\" = 0 ] || root=\"sudo -n\"; "
        + "if [ -z \"$dev\" ]; then while read -r i d rest; do [ \"$d\" != 00000000 ] || dev=$i; done </proc/net/route; fi 2>/dev/null; "
        + "raw=; for t in etherwake ether-wake; do if [ -z \"$raw\" ] && command -v $t >/dev/null; then "
        + "if [ -z \"$root\" ] || sudo -n -l $t >/dev/null 2>&1; then raw=$t; fi; fi; done; ";

    private const string Send =
        "if [ -n \"$raw\" ] && [ -z \"$to\" ]; then echo $raw; exec $root $raw -b ${dev:+-i \"$dev\"} \"$mac\"; fi; "
        + "if command -v wakeonlan >/dev/null; then echo wakeonlan; "
        + "exec wakeonlan -i \"${to:-255.255.255.255}\" -p \"$port\" \"$mac\"; fi; "
        + "if command -v wol >/dev/null; then echo wol; "
        + "exec wol -i \"${to:-255.255.255.255}\" -p \"$port\" \"$mac\"; fi; "
        + Missing;

    private const string Look =
        "if [ -n \"$raw\" ] && [ -z \"$to\" ]; then echo \"$raw on ${dev:-eth0}\"; exit 0; fi; "
        + "if command -v wakeonlan >/dev/null; then echo wakeonlan; exit 0; fi; "
        + "if command -v wol >/dev/null; then echo wol; exit 0; fi; "
        + Missing;

    /// <summary>25 is SO_BINDTODEVICE.</summary>
    private const string Python =
        "import socket, sys; mac, dev, to, port = sys.argv[1:]; h = lambda t: bytes.fromhex(t.strip().replace(\":\", \"\")); "
        + "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1); "
        + "dev and s.setsockopt(socket.SOL_SOCKET, 25, dev.encode()); "
        + "s.sendto(bytes([255] * 6) + h(mac) * 16 + h(sys.stdin.readline()), (to, int(port)))";

    private const string Perl =
        "use Socket; ($m, $d, $t, $p) = @ARGV; $w = <STDIN>; s/[^0-9a-fA-F]//g for $m, $w; "
        + "socket(S, PF_INET, SOCK_DGRAM, 17) or die $!; setsockopt(S, SOL_SOCKET, SO_BROADCAST, 1) or die $!; "
        + "!$d or setsockopt(S, SOL_SOCKET, 25, $d) or die $!; "
        + "send(S, pack(\"H*\", (\"f\" x 12) . ($m x 16) . $w), 0, sockaddr_in($p, inet_aton($t))) or die $!";

    private const string SendSecretly =
        "mac=$1 dev=$2 to=${3:-255.255.255.255} port=$4; "
        + "if command -v python3 >/dev/null; then echo python3; exec python3 -c '"
        + Python
        + "' \"$mac\" \"$dev\" \"$to\" \"$port\"; fi; "
        + "if command -v perl >/dev/null; then echo perl; exec perl -e '"
        + Perl
        + "' \"$mac\" \"$dev\" \"$to\" \"$port\"; fi; "
        + MissingSecretly;

    private const string LookSecretly =
        "for t in python3 perl; do if command -v $t >/dev/null; then echo $t; exit 0; fi; done; " + MissingSecretly;

    private const string Missing = "echo \"it has none of " + Tools + " that this user may run\" >&2; exit 127";

    private const string MissingSecretly =
        "echo \"it has none of " + SecretTools + ", which a SecureOn password needs\" >&2; exit 127";

    /// <summary>Sends the packet; prints what sent it. Reads <see cref="Input"/> where there is one.</summary>
    public static RemoteCommand Order(WakeTarget target) =>
        RemoteCommand.Script(target.SecureOn is null ? Find + Send : SendSecretly, Arguments(target));

    /// <summary>The password, for the command's input; null: it has none, and reads nothing.</summary>
    public static string? Input(WakeTarget target) => target.SecureOn is { } password ? $"{Colons(password)}\n" : null;

    /// <summary>Sends nothing; prints what would.</summary>
    public static RemoteCommand Check(WakeTarget target) =>
        RemoteCommand.Script(target.SecureOn is null ? Find + Look : LookSecretly, Arguments(target));

    /// <summary>Data, whatever they hold: none of it becomes shell text.</summary>
    private static string[] Arguments(WakeTarget target) =>
        [
            Colons(target.Address.GetAddressBytes()),
            target.Interface ?? "",
            target.Host ?? "",
            target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ];

    private static string Colons(byte[] bytes) => string.Join(':', bytes.Select(b => b.ToString("x2", null)));
}
