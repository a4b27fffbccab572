using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>A UPS as configured. <see cref="Settings"/> is the driver's block as JSON, <see cref="Secrets"/> one protected
/// JSON object of secret names and values (DESIGN 4).</summary>
public sealed class UpsRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required string Driver { get; set; }
    public bool Enabled { get; set; } = true;
    public double PollSeconds { get; set; }
    public double ConfirmSeconds { get; set; }
    public double DeadSeconds { get; set; }
    public double OffSeconds { get; set; }

    /// <summary>The target that runs this UPS's server, by name (A10).</summary>
    public string? ServedBy { get; set; }

    /// <summary>UPSes of one circuit lose mains together and bear witness for each other (A9).</summary>
    public string? Circuit { get; set; }
    public double? NominalVoltage { get; set; }
    public DateTimeOffset? BatteryReplacedAt { get; set; }

    /// <summary>How long its batteries last; null: as usual.</summary>
    public double? BatteryLifeYears { get; set; }
    public string? Notes { get; set; }
    public required string Settings { get; set; }
    public string? Secrets { get; set; }

    /// <summary>The device of this program's own simulator that it reads, or null for a real UPS. Set by where it points
    /// to, never by its name or by a caller (<see cref="Simulator.SimulatorDirectory"/>).</summary>
    public string? SimulatedDevice { get; set; }

    /// <summary>Its name as people read it in events, explanations and notifications: a simulated UPS says so everywhere.</summary>
    public string Label => LabelOf(Name, SimulatedDevice is not null);

    public static string LabelOf(string name, bool isSimulated) => isSimulated ? $"{name} (simulated)" : name;

    public UpsPolicy Policy() =>
        new()
        {
            UpsId = Id,
            Name = Label,
            Enabled = Enabled,
            PollSeconds = PollSeconds,
            ConfirmSeconds = ConfirmSeconds,
            DeadSeconds = DeadSeconds,
            OffSeconds = OffSeconds,
            NominalVoltage = NominalVoltage,
            ServedBy = ServedBy,
            Circuit = Circuit,
            IsSimulated = SimulatedDevice is not null,
        };
}

internal sealed class UpsRowConfiguration : IEntityTypeConfiguration<UpsRow>
{
    public void Configure(EntityTypeBuilder<UpsRow> builder)
    {
        builder.ToTable("Ups");
        builder.Property(u => u.Name).HasMaxLength(UpsInput.LongestName).UseCollation("NOCASE");
        builder.HasIndex(u => u.Name).IsUnique();
        builder.Property(u => u.Driver).HasMaxLength(50);
        builder.Property(u => u.ServedBy).HasMaxLength(UpsInput.LongestName);
        builder.Property(u => u.Circuit).HasMaxLength(UpsInput.LongestName);
        builder.Property(u => u.SimulatedDevice).HasMaxLength(50);
        builder.Ignore(u => u.Label);
        builder.Property(u => u.Notes).HasMaxLength(UpsInput.LongestNotes);
    }
}
