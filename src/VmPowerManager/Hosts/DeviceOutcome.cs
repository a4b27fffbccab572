using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>What became of one call to a device, as data (STYLE: Errors). <see cref="Fault"/> is null on success; words may
/// say then how it came about.</summary>
public sealed record DeviceOutcome<T>(T? Value, DeviceFault? Fault, string? Words)
{
    public bool Ok => Fault is null;
}
