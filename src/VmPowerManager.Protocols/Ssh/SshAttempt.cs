namespace VmPowerManager.Protocols.Ssh;

/// <summary>What became of one command: a value or a fault. One that was not <paramref name="Sent"/> had no effect: its
/// channel never opened. One that was may have had its effect though neither its acceptance nor its end was seen.</summary>
public sealed record SshAttempt(SshResult? Value, DeviceException? Fault, bool Sent)
{
    /// <summary>The server opened no channel for it on this connection: it is to be run when there is one, here or on
    /// another.</summary>
    internal bool Refused { get; init; }

    /// <exception cref="DeviceException">It failed.</exception>
    public SshResult Result => Value ?? throw Fault!; // one of the two is set
}
