using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>The line that shuts a host down or reboots it, and how it can be checked without effect.</summary>
/// <param name="Shown">The line as people know it.</param>
/// <param name="Check">Exits 0 when the user may run it, and prints something about that; null: nobody can tell.</param>
internal sealed record HostPowerCommand(string Shown, RemoteCommand Line, RemoteCommand? Check)
{
    private static readonly char[] ShellSigns = [.. "|&;<>()$`\\\"'*?[]#~{}\n\r"];

    /// <summary>What the check's output has to hold besides; null: nothing.</summary>
    public string? Proof { get; private init; }

    public static HostPowerCommand For(SshSettings ssh, HostVerb verb)
    {
        if (verb == HostVerb.Shutdown && !string.IsNullOrWhiteSpace(ssh.ShutdownCommand))
            return Given(ssh.ShutdownCommand.Trim());
        return SshPreset.Find(ssh.Preset) is { } preset
            ? Of(preset, ssh.UserName, verb == HostVerb.Reboot ? preset.Reboot : preset.Shutdown)
            : Plain(ssh.UserName, $"shutdown {(verb == HostVerb.Reboot ? "-r" : "-h")} now");
    }

    private static HostPowerCommand Of(SshPreset preset, string userName, string line) =>
        preset.Kind switch
        {
            SshPresetKind.Sudo => Plain(userName, line),
            SshPresetKind.Script => new(
                line,
                RemoteCommand.Script(line),
                preset.Check is { } script ? RemoteCommand.Script(script) : null
            ),
            _ => new(line, RemoteCommand.AsGiven(line), preset.Check is { } given ? RemoteCommand.AsGiven(given) : null)
            {
                Proof = preset.Proof,
            },
        };

    /// <summary>A program of the system with its arguments.</summary>
    private static HostPowerCommand Plain(string userName, string line)
    {
        var words = line.Split(' ');
        return userName == "root"
            ? new(line, RemoteCommand.Of(words[0], words[1..]), Find(words[0]))
            : new($"sudo -n {line}", RemoteCommand.Of("sudo", ["-n", .. words]), Allowed(words));
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
