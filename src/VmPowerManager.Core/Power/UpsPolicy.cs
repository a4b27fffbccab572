namespace VmPowerManager.Core.Power;

/// <summary>The settings of a UPS that decide (POLICY A2, A4, A7). A plan may only lengthen the first two.</summary>
public sealed record UpsPolicy
{
    public required int UpsId { get; init; }
    public required string Name { get; init; }

    /// <summary>A disabled UPS is never a supply on mains (A3) and triggers nothing.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Interval of status polls on line; three of them without a trustworthy reading are Stale (A2).</summary>
    public double PollSeconds { get; init; } = 1;

    /// <summary>How long OB must last before it counts; 0 = one reading is enough (A4).</summary>
    public double ConfirmSeconds { get; init; } = 3;

    /// <summary>Silence after which a single OB is confirmed, and after which B4 counts a UPS as zero (A2, A4).</summary>
    public double DeadSeconds { get; init; } = 15;

    /// <summary>How long OFF must last to be critical (A7).</summary>
    public double OffSeconds { get; init; } = 30;

    /// <summary>Volts; the user's word where the device says nothing (A5).</summary>
    public double? NominalVoltage { get; init; }

    /// <summary>It exists in this program alone: its outages are played.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>UPSes of one circuit lose mains together (A9); null: nothing is known.</summary>
    public string? Circuit { get; init; }

    /// <summary>Name of the target that runs this UPS's server, or null (A10).</summary>
    public string? ServedBy { get; init; }
}
