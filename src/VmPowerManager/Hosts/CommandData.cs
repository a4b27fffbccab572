using System.Text;
using VmPowerManager.Core.Plans;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>What reads a person's command on a host.</summary>
public enum CommandShell
{
    /// <summary>A POSIX shell, or what a device has in its place.</summary>
    Posix,

    /// <summary>PowerShell, as a script of ours starts it.</summary>
    PowerShell,

    /// <summary>Not known, or one in which text cannot be kept apart from commands (cmd.exe).</summary>
    Other,
}

/// <summary>Puts values into a person's command as data: each is given to the shell as a variable, and the command names the
/// variable. No value ever stands in the command itself.</summary>
internal static class CommandData
{
    private const int LongestValue = 500;

    /// <summary>The command as it stands where it uses no placeholder.</summary>
    /// <exception cref="DeviceException">Unsupported, Refused.</exception>
    public static string Line(CommandShell shell, string command, IReadOnlyDictionary<string, string?> values)
    {
        List<string> used =
        [
            .. Placeholders.Names.Where(n =>
                command.Contains(Variable(n), StringComparison.Ordinal)
                || Placeholders.Used(command).Contains(n, StringComparer.Ordinal)
            ),
        ];
        if (used.Count == 0)
            return command;
        if (shell == CommandShell.Other)
            throw new DeviceException(
                DeviceFault.Unsupported,
                "This host's shell cannot tell data from commands: no placeholders are put into its commands."
            );
        if (CommandText.Quoted(command) is { } quoted)
            throw new DeviceException(DeviceFault.Refused, $"{{{quoted}}} stands within quotes.");
        var line = new StringBuilder();
        foreach (var name in used)
            line.Append(Set(shell, Variable(name), Clean(values.GetValueOrDefault(name))));
        line.Append(Placeholders.Fill(command, (name, _) => Get(shell, Variable(name))));
        return line.ToString();
    }

    /// <summary>As scripts of the user's may read it: <c>VHPM_UPS_CHARGE</c>.</summary>
    public static string Variable(string name) => $"VHPM_{name.Replace('.', '_').ToUpperInvariant()}";

    private static string Set(CommandShell shell, string variable, string value) =>
        shell == CommandShell.PowerShell
            ? $"$env:{variable}={PowerShellQuoted(value)};"
            : $"{variable}={PosixShell.Quote(value)}; export {variable}; ";

    private static string Get(CommandShell shell, string variable) =>
        shell == CommandShell.PowerShell ? $"$env:{variable}" : $"\"${variable}\"";

    /// <summary>PowerShell ends a text in single quotes at typographic ones, too.</summary>
    private static string PowerShellQuoted(string value)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in value)
            quoted.Append(c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? $"{c}{c}" : c.ToString());
        return quoted.Append('\'').ToString();
    }

    /// <summary>One line of bounded length.</summary>
    private static string Clean(string? value)
    {
        var cut = value is { Length: > LongestValue } ? value[..LongestValue] : value ?? "";
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }
}
