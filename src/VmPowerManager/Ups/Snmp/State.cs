using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What one value of a status object means: flags, or a word for what no flag says ("other", "rebooting").</summary>
internal readonly record struct State(UpsStatus Flags, string? Word)
{
    public static implicit operator State(UpsStatus flags) => new(flags, null);

    /// <summary>Off, but not switched off: it waits.</summary>
    public static readonly State Standby = new(UpsStatus.OFF, Tables.Standby);

    public static implicit operator State(string word) => new(UpsStatus.None, word);
}
