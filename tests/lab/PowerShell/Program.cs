using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using VmPowerManager.LabPowerShell;

// powershell [-NoProfile] [-NonInteractive] -EncodedCommand BASE64 : runs it, as Windows PowerShell 5.1 would seem from outside.
// powershell -Check -EncodedCommand BASE64 : what of it 5.1 does not know, a line each; exit code 2 if there is any.
var script = "";
var check = false;
for (var i = 0; i < args.Length; i++)
    switch (args[i].TrimStart('-').ToLowerInvariant())
    {
        case "noprofile" or "noninteractive":
            break;
        case "check":
            check = true;
            break;
        case "encodedcommand" or "ec" or "e":
            script = Encoding.Unicode.GetString(Convert.FromBase64String(args[++i]));
            break;
        default:
            await Console.Error.WriteLineAsync($"powershell: the lab's does not know {args[i]}");
            return 64;
    }
Console.OutputEncoding = new UTF8Encoding(false);
if (check)
{
    var foreign = Syntax51.Foreign(script);
    foreach (var line in foreign)
        Console.WriteLine(line);
    return foreign.Count == 0 ? 0 : 2;
}
return Engine.Run(script);

/// <summary>The real engine, with what the package lacks and Windows has.</summary>
internal static class Engine
{
    public static int Run(string script)
    {
        var errors = new ClixmlErrors(Console.Error);
        var host = new LabHost(errors);
        using var runspace = RunspaceFactory.CreateRunspace(host, Session());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script.Replace(GetLabIdentity.Stands, "(Get-LabIdentity)"), useLocalScope: false);
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, e) => Console.Out.WriteLine(output[e.Index]?.ToString());
        shell.Streams.Error.DataAdded += (_, e) => errors.Say(shell.Streams.Error[e.Index]);
        var failed = false;
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException e)
        {
            errors.Say(e.ErrorRecord);
            failed = true;
        }
        errors.End();
        // As powershell.exe: how the last command ended, not whether any failed on the way.
        return host.ExitCode ?? (failed || runspace.SessionStateProxy.GetVariable("?") is false ? 1 : 0);
    }

    private static InitialSessionState Session()
    {
        var machine = LabState.Load();
        var state = InitialSessionState.CreateDefault2();
        var types = typeof(Engine).Assembly.GetTypes();
        foreach (var type in types.Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(PSCmdlet))))
        {
            var name = (CmdletAttribute)Attribute.GetCustomAttribute(type, typeof(CmdletAttribute))!; // each has one
            if (machine.Knows(name.NounName))
                state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
        }
        return state;
    }
}
