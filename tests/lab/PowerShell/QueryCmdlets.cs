using System.Collections;
using System.Management.Automation;

namespace VmPowerManager.LabPowerShell;

/// <summary>Only those of this user's, and all of what is said of them in one object, as Hyper-V does.</summary>
[Cmdlet("Get", "VM")]
public sealed class GetVm : PSCmdlet
{
    [Parameter]
    public Guid? Id { get; set; }

    protected override void ProcessRecord()
    {
        var state = LabState.Load();
        if (state.Denied)
            ThrowTerminatingError(
                new ErrorRecord(
                    new UnauthorizedAccessException(
                        "You do not have the required permission to complete this task. Contact the administrator of the authorization policy for the computer 'HYPERV1'."
                    ),
                    "AccessDenied,Microsoft.HyperV.PowerShell.Commands.GetVM",
                    ErrorCategory.PermissionDenied,
                    null
                )
            );
        // Without a word to those who may not see them.
        var found = state.Vms.Where(v => state.Sees && (Id is null || Guid.Parse(v.Id) == Id)).ToList();
        if (Id is not null && found.Count == 0)
            WriteError(
                new ErrorRecord(
                    new ArgumentException($"Hyper-V was unable to find a virtual machine with id \"{Id}\"."),
                    "InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM",
                    ErrorCategory.InvalidArgument,
                    Id
                )
            );
        foreach (var vm in found)
            WriteObject(Object(vm, state.Cluster is not null));
    }

    private static PSObject Object(LabVm vm, bool clustered)
    {
        var o = new PSObject();
        void Set(string name, object? value) => o.Properties.Add(new PSNoteProperty(name, value));
        Set("Id", Guid.Parse(vm.Id));
        Set("Name", vm.Name);
        Set("State", vm.State);
        Set("Status", "Operating normally");
        var heartbeat = vm.Guest == "silent" ? "NoContact" : "OkApplicationsUnknown";
        Set("Heartbeat", vm.State == "Running" ? heartbeat : null);
        Set("IsClustered", clustered);
        Set("AutomaticStartAction", vm.StartAction);
        Set("AutomaticStopAction", vm.StopAction);
        Set("AutomaticStartDelay", vm.StartDelay);
        return o;
    }
}

[Cmdlet("Get", "VMNetworkAdapter")]
public sealed class GetVmNetworkAdapter : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public string[] VMName { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var vm in LabState.Load().Vms)
        {
            var o = new PSObject();
            o.Properties.Add(new PSNoteProperty("VMId", Guid.Parse(vm.Id)));
            o.Properties.Add(new PSNoteProperty("MacAddress", vm.Mac));
            WriteObject(o);
        }
    }
}

[Cmdlet("Get", "Cluster")]
public sealed class GetCluster : PSCmdlet
{
    protected override void ProcessRecord()
    {
        var cluster = LabState.Load().Cluster!; // not null: the command is only there with one
        if (cluster.Words is not null)
            ThrowTerminatingError(
                new ErrorRecord(
                    new InvalidOperationException(cluster.Words),
                    "Get-Cluster",
                    ErrorCategory.NotSpecified,
                    null
                )
            );
        var o = new PSObject();
        o.Properties.Add(new PSNoteProperty("Id", cluster.Id));
        o.Properties.Add(new PSNoteProperty("Name", cluster.Name));
        WriteObject(o);
    }
}

[Cmdlet("Get", "ClusterGroup")]
public sealed class GetClusterGroup : PSCmdlet
{
    protected override void ProcessRecord()
    {
        for (var i = 0; i < LabState.Load().Cluster!.Roles + 2; i++) // not null: as above
        {
            var o = new PSObject();
            o.Properties.Add(new PSNoteProperty("GroupType", i < 2 ? "Cluster" : "VirtualMachine"));
            WriteObject(o);
        }
    }
}

/// <summary>The classes of WMI that the product asks.</summary>
[Cmdlet("Get", "CimInstance")]
public sealed class GetCimInstance : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string ClassName { get; set; } = "";

    [Parameter]
    public string Namespace { get; set; } = "root/cimv2";

    [Parameter]
    public string? Filter { get; set; }

    protected override void ProcessRecord()
    {
        var state = LabState.Load();
        switch ((Namespace.Replace('\\', '/'), ClassName))
        {
            case ("root/cimv2", "Win32_ComputerSystemProduct"):
                Tell(("UUID", state.Uuid));
                break;
            case ("root/cimv2", "Win32_NetworkAdapter"):
                Tell(("MACAddress", "00:15:5D:AA:00:01"));
                break;
            case ("root/virtualization/v2", "Msvm_ShutdownComponent"):
                // Only of machines that run.
                foreach (var vm in state.Vms.Where(v => v.State is "Running" or "Stopping" && Asked(v)))
                    Tell(
                        ("SystemName", vm.Id.ToUpperInvariant()),
                        ("EnabledState", (ushort)(vm.Integration ? 2 : 3)),
                        ("OperationalStatus", (ushort[])[(ushort)(vm.Guest == "silent" ? 12 : 2), 32775])
                    );
                break;
            default:
                ThrowTerminatingError(
                    new ErrorRecord(
                        new InvalidOperationException("Invalid class"),
                        "HRESULT 0x80041010",
                        ErrorCategory.MetadataError,
                        null
                    )
                );
                break;
        }
    }

    private bool Asked(LabVm vm) =>
        Filter is null || Filter.Equals($"SystemName='{vm.Id}'", StringComparison.OrdinalIgnoreCase);

    private void Tell(params (string Name, object Value)[] properties)
    {
        var o = new PSObject();
        foreach (var (name, value) in properties)
            o.Properties.Add(new PSNoteProperty(name, value));
        WriteObject(o);
    }
}

/// <summary>Msvm_ShutdownComponent.InitiateShutdown and InitiateReboot, with their return values.</summary>
[Cmdlet("Invoke", "CimMethod")]
public sealed class InvokeCimMethod : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    public string MethodName { get; set; } = "";

    [Parameter]
    public IDictionary Arguments { get; set; } = new Hashtable();

    protected override void ProcessRecord()
    {
        var force = Arguments["Force"] is true;
        uint code = 0;
        LabState.With(state =>
        {
            var id = $"{InputObject?.Properties["SystemName"]?.Value}";
            var vm = state.Vms.First(v => v.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
            code =
                vm.State == "Stopping" ? 32782u
                : vm.State != "Running" ? 32775u
                : !vm.Integration ? 32770u
                : vm.Guest == "silent" ? 32772u
                : vm.Guest == "locked" && !force ? 32781u
                : 0u;
            var verb = MethodName == "InitiateReboot" ? "reboot" : "shutdown";
            state.Log.Add($"{verb}{(force ? " forced" : "")} {vm.Name}{(code == 0 ? "" : $" {code}")}");
            if (code == 0 && vm.Guest != "ignore" && verb == "shutdown")
                vm.Go("Running", "Off");
        });
        var o = new PSObject();
        o.Properties.Add(new PSNoteProperty("ReturnValue", code));
        WriteObject(o);
    }
}
