namespace VmPowerManager.Storage;

/// <summary>The program cannot start, for a reason that its owner can mend. The message is all that they need to see:
/// one line, no stack trace, exit code 1.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
