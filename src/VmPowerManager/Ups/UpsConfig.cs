using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>A UPS as configured and in use: immutable, in memory, needs no database.</summary>
public sealed record UpsConfig(UpsDevice Device, string Driver, UpsPolicy Policy)
{
    public int Id => Device.Id;
    public string Name => Device.Name;
}
