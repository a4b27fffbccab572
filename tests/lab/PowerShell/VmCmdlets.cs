using System.Management.Automation;

namespace VmPowerManager.LabPowerShell;

/// <summary>What the orders to a VM share: parameters as Hyper-V's own cmdlets have them, and jobs that outlive their
/// PowerShell, because it is the service that does the work.</summary>
public abstract class VmCmdlet : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? VM { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    [Parameter]
    public SwitchParameter Passthru { get; set; }

    /// <summary>States in which the order makes sense.</summary>
    protected abstract string[] From { get; }

    protected abstract string Verb { get; }

    protected abstract void Order(LabVm vm);

    protected override void ProcessRecord()
    {
        var id = $"{VM?.Properties["Id"]?.Value}";
        var takes = 0;
        var fault = "";
        LabState.With(state =>
        {
            var vm = state.Vms.First(v => v.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
            fault =
                vm.Fault
                ?? (
                    From.Contains(vm.State)
                        ? ""
                        : "The operation cannot be performed while the object is in its current state."
                );
            state.Log.Add($"{Verb} {vm.Name}{(fault.Length > 0 ? " failed" : "")}");
            if (fault.Length > 0)
                return;
            Order(vm);
            takes = vm.Takes;
        });
        var error = fault.Length == 0 ? null : Fail($"'{VM?.Properties["Name"]?.Value}' failed to {Verb}. {fault}");
        if (AsJob)
            WriteObject(new LabJob(Verb, TimeSpan.FromMilliseconds(takes), error));
        else if (error is not null)
            ThrowTerminatingError(error);
    }

    private static ErrorRecord Fail(string words) =>
        new(new InvalidOperationException(words), "InvalidState,Lab", ErrorCategory.NotSpecified, null);
}

[Cmdlet("Start", "VM", SupportsShouldProcess = true)]
public sealed class StartVm : VmCmdlet
{
    protected override string[] From => ["Off", "Saved"];
    protected override string Verb => "start";

    protected override void Order(LabVm vm) => vm.Go("Starting", "Running");
}

[Cmdlet("Save", "VM", SupportsShouldProcess = true)]
public sealed class SaveVm : VmCmdlet
{
    protected override string[] From => ["Running", "Paused"];
    protected override string Verb => "save";

    protected override void Order(LabVm vm) => vm.Go("Saving", "Saved");
}

[Cmdlet("Resume", "VM", SupportsShouldProcess = true)]
public sealed class ResumeVm : VmCmdlet
{
    protected override string[] From => ["Paused"];
    protected override string Verb => "resume";

    protected override void Order(LabVm vm) => vm.Go("Resuming", "Running");
}

[Cmdlet("Stop", "VM", SupportsShouldProcess = true)]
public sealed class StopVm : VmCmdlet
{
    [Parameter]
    public SwitchParameter TurnOff { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override string[] From => ["Running", "Paused", "Stopping", "Starting", "Saved"];
    protected override string Verb => TurnOff ? "turn off" : "stop";

    /// <summary>Power is gone at once, however slow the guest.</summary>
    protected override void Order(LabVm vm)
    {
        if (!TurnOff)
            throw new NotSupportedException("The lab knows Stop-VM -TurnOff only.");
        (vm.State, vm.Next) = ("Off", null);
    }
}

/// <summary>Ends when the service would say so.</summary>
internal sealed class LabJob : Job
{
    private readonly ITimer? _timer;

    public LabJob(string verb, TimeSpan takes, ErrorRecord? error)
        : base(verb)
    {
        SetJobState(JobState.Running);
        if (error is not null)
        {
            Error.Add(error);
            SetJobState(JobState.Failed);
        }
        else if (takes == TimeSpan.Zero)
            SetJobState(JobState.Completed);
        else
            _timer = TimeProvider.System.CreateTimer(
                _ => SetJobState(JobState.Completed),
                null,
                takes,
                Timeout.InfiniteTimeSpan
            );
    }

    public override bool HasMoreData => Error.Count > 0;
    public override string Location => "HYPERV1";
    public override string StatusMessage => "";

    public override void StopJob() => SetJobState(JobState.Stopped);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _timer?.Dispose();
        base.Dispose(disposing);
    }
}
