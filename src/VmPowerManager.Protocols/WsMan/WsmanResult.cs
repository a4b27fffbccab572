namespace VmPowerManager.Protocols.WsMan;

/// <summary>What a command gave back.</summary>
/// <param name="Truncated">One of the outputs was longer than <see cref="WsmanLimits.OutputBytes"/>.</param>
public sealed record WsmanResult(int ExitCode, string Output, string Error, bool Truncated)
{
    public bool Succeeded => ExitCode == 0;
}
