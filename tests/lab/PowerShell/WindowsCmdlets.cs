using System.Management.Automation;

namespace VmPowerManager.LabPowerShell;

/// <summary>In place of <c>[Security.Principal.WindowsIdentity]::GetCurrent()</c>, which .NET has on Windows only.</summary>
[Cmdlet("Get", "LabIdentity")]
public sealed class GetLabIdentity : PSCmdlet
{
    public const string Stands = "[Security.Principal.WindowsIdentity]::GetCurrent()";

    /// <summary>As .NET: groups for denying only are left out.</summary>
    protected override void ProcessRecord()
    {
        var state = LabState.Load();
        var o = new PSObject();
        var groups = state.Groups.Except(state.DenyOnly).Select(Sid).ToArray();
        o.Properties.Add(new PSNoteProperty("Groups", groups));
        WriteObject(o);
    }

    private static PSObject Sid(string value)
    {
        var o = new PSObject();
        o.Properties.Add(new PSNoteProperty("Value", value));
        return o;
    }
}

/// <summary>How the service of failover clusters is set to start: by itself (2) on a node, disabled (4) elsewhere.</summary>
[Cmdlet("Get", "ItemProperty")]
public sealed class GetItemProperty : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true)]
    public string Name { get; set; } = "";

    protected override void ProcessRecord()
    {
        if (Path != @"HKLM:\SYSTEM\CurrentControlSet\Services\ClusSvc" || Name != "Start")
            throw new NotSupportedException($"The lab has no {Path}.");
        var o = new PSObject();
        o.Properties.Add(new PSNoteProperty("Start", LabState.Load().Cluster is { Member: true } ? 2 : 4));
        WriteObject(o);
    }
}
