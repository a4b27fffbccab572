namespace VmPowerManager.Protocols.VSphere;

/// <summary>How far a task came.</summary>
public enum VimTaskState
{
    /// <summary>Waiting or working when we stopped looking.</summary>
    Running,
    Succeeded,

    /// <summary>The server forgot it: tasks that ended are kept for a while only.</summary>
    Gone,
}
