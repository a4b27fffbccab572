namespace VmPowerManager.Components;

/// <summary>How something is: the five words of every screen, worst last but for <see cref="Working"/> (UI: States).</summary>
public enum Condition
{
    /// <summary>Green, check.</summary>
    Normal,

    /// <summary>Blue, spinner: we are at it.</summary>
    Working,

    /// <summary>Grey, dashed outline: not known, or too old.</summary>
    Unknown,

    /// <summary>Amber, triangle.</summary>
    Attention,

    /// <summary>Red, filled octagon; the only one that pulses.</summary>
    Critical,
}
