using System.Management.Automation;
using System.Security;

namespace VmPowerManager.LabPowerShell;

/// <summary>Standard error as Windows PowerShell writes it under <c>-EncodedCommand</c>: progress even of a script that wants
/// none, errors cut into lines of a console's width, with their position.</summary>
internal sealed class ClixmlErrors
{
    private const int Width = 79;
    private readonly TextWriter _to;

    public ClixmlErrors(TextWriter to)
    {
        _to = to;
        _to.Write("#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">");
        _to.Write("<Obj S=\"progress\" RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T>");
        _to.Write("<T>System.Object</T></TN><MS><I64 N=\"SourceId\">1</I64><PR N=\"Record\">");
        _to.Write("<AV>Preparing modules for first use.</AV><AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC><T>Completed</T>");
        _to.Write("<SR>-1</SR><SD> </SD></PR></MS></Obj>");
    }

    public void Say(ErrorRecord error)
    {
        var command = error.InvocationInfo?.MyCommand?.Name;
        Say(command is null ? $"{error}" : $"{command} : {error}");
        Say("At line:1 char:1");
        Say("+ ...");
        Say($"    + CategoryInfo          : {error.CategoryInfo}");
        Say($"    + FullyQualifiedErrorId : {error.FullyQualifiedErrorId}");
        Say(" ");
    }

    public void Say(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
            for (var rest = line; ; )
            {
                var cut = rest.Length <= Width ? -1 : rest.LastIndexOf(' ', Width - 1);
                var part = cut <= 0 ? rest : rest[..(cut + 1)];
                _to.Write($"<S S=\"Error\">{SecurityElement.Escape(part)}_x000D__x000A_</S>");
                if (cut <= 0)
                    break;
                rest = rest[(cut + 1)..];
            }
    }

    public void End() => _to.Write("</Objs>");
}
