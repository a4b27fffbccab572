using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>The line that shuts a host down or reboots it, and how it can be checked without effect.</summary>
/// <param name="Shown">The line as people know it.</param>
/// <param name="Check">Exits 0 and prints where the program is, when the user may run it; null: nobody can tell.</param>
internal sealed record HostPowerCommand(string Shown, RemoteCommand Line, RemoteCommand? Check)
{
    private static readonly char[] ShellSigns = [.. "|&;<>()$`\\\"'*?[]#~{}\n\r"];

    public static HostPowerCommand For(SshSettings ssh, HostVerb verb)
    {
        if (verb == HostVerb.Shutdown && !string.IsNullOrWhiteSpace(ssh.ShutdownCommand))
            return Given(ssh.ShutdownCommand.Trim());
        string[] words = ["shutdown", verb == HostVerb.Reboot ? "-r" : "-h", "now"];
        return ssh.UserName == "root"
            ? new(string.Join(' ', words), RemoteCommand.Of(words[0], words[1..]), Find(words[0]))
            : new($"sudo -n {string.Join(' ', words)}", RemoteCommand.Of("sudo", ["-n", .. words]), Allowed(words));
    }

    /// <summary>A person's line is run as given; only a plain one can be checked.</summary>
    private static HostPowerCommand Given(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (line.IndexOfAny(ShellSigns) >= 0 || words[0].Contains('='))
            return new(line, RemoteCommand.AsGiven(line), null);
        var behindSudo = words is ["sudo", ..] ? words.Skip(1).SkipWhile(w => w == "-n").ToArray() : [];
        var check = behindSudo switch
        {
            [] => Find(words[0]),
            [var option, ..] when option.StartsWith('-') => Find(words[0]),
            _ => Allowed(behindSudo),
        };
        return new(line, RemoteCommand.AsGiven(line), check);
    }

    private static RemoteCommand Find(string program) => RemoteCommand.Script("command -v \"$1\"", program);

    private static RemoteCommand Allowed(string[] words) => RemoteCommand.Of("sudo", ["-n", "-l", .. words]);
}
