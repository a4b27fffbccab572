namespace VmPowerManager.Core.Power;

/// <summary>How far the latest reading can be trusted (A2).</summary>
public enum Comm
{
    Ok,

    /// <summary>No trustworthy reading for three status polls, or the device's server says that its data are stale.</summary>
    Stale,

    /// <summary>The same for at least five seconds.</summary>
    Lost,
}

/// <summary>What hides OB and LB for now (A5).</summary>
public enum MaskKind
{
    Test,
    Calibration,
}
