using System.Text;
using System.Text.Json;

namespace VmPowerManager.Protocols.PowerShell;

/// <summary>A script for Windows PowerShell 5.1 and its command line. The script is constant text of ours; what comes from
/// elsewhere is data: JSON in base64, which the script finds as <c>$a</c>, so nothing of it is ever read as code.</summary>
public sealed class PowerShellScript
{
    /// <summary>cmd.exe, which stands between us and the program, takes no longer line.</summary>
    public const int LongestLine = 8191;

    public const string Program = "powershell";

    private PowerShellScript(string text, bool onlyLooks) => (Text, OnlyLooks) = (text, onlyLooks);

    /// <summary>It only looks, and changes nothing.</summary>
    public bool OnlyLooks { get; }

    /// <summary>What PowerShell runs.</summary>
    public string Text { get; }

    public IReadOnlyList<string> Arguments =>
        ["-NoProfile", "-NonInteractive", "-EncodedCommand", Convert.ToBase64String(Encoding.Unicode.GetBytes(Text))];

    /// <summary>For a login shell of whatever kind: no sign in it means anything to cmd, PowerShell or bash.</summary>
    public string Line => string.Join(' ', [Program, .. Arguments]);

    /// <param name="data">What the script finds as <c>$a</c>; null: nothing.</param>
    /// <exception cref="DeviceException">Refused: too long for Windows.</exception>
    public static PowerShellScript Of(string script, object? data = null, bool onlyLooks = false)
    {
        var text = new StringBuilder("$ProgressPreference='SilentlyContinue';$ErrorActionPreference='Stop'\n");
        if (data is not null)
            text.Append("$a=ConvertFrom-Json ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('")
                .Append(Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(data)))
                .Append("')))\n");
        var made = new PowerShellScript(text.Append(script.ReplaceLineEndings("\n")).ToString(), onlyLooks);
        return made.Line.Length <= LongestLine
            ? made
            : throw new DeviceException(
                DeviceFault.Refused,
                $"The command is too long for Windows: {made.Line.Length} characters once encoded, at most {LongestLine}."
            );
    }

    public override string ToString() => Text;
}
