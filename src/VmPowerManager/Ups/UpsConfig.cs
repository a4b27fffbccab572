using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>A UPS as configured and in use: immutable, in memory, needs no database.</summary>
public sealed record UpsConfig(UpsDevice Device, string Driver, UpsPolicy Policy)
{
    public int Id => Device.Id;

    /// <summary>As configured.</summary>
    public string Name => Device.Name;

    /// <summary>Read from the program's own simulator.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>As people read it; see <see cref="UpsRow.Label"/>.</summary>
    public string Label => UpsRow.LabelOf(Name, IsSimulated);
}
