using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Ups.Outages;

/// <summary>A stored outage of one UPS: from the first OB reading of a confirmed one until mains was stable. Outlives
/// its UPS: no foreign key.</summary>
public sealed class OutageRow
{
    public int Id { get; set; }
    public int UpsId { get; set; }
    public required string UpsName { get; set; }
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Time on battery within it, seconds; flicker adds up.</summary>
    public double SecondsOnBattery { get; set; }
    public double? LowestChargePercent { get; set; }
    public double? LowestRuntimeSeconds { get; set; }
    public double? HighestLoadPercent { get; set; }
    public bool LowBattery { get; set; }

    /// <summary>The first reason for which it became critical, or null.</summary>
    public string? CriticalBecause { get; set; }

    /// <summary>Communication was lost within it.</summary>
    public bool CommLost { get; set; }
}

internal sealed class OutageRowConfiguration : IEntityTypeConfiguration<OutageRow>
{
    public void Configure(EntityTypeBuilder<OutageRow> builder)
    {
        builder.ToTable("Outages");
        builder.Property(o => o.UpsName).HasMaxLength(100);
        builder.Property(o => o.CriticalBecause).HasMaxLength(200);
        builder.HasIndex(o => new { o.UpsId, o.StartedAt }).IsUnique();
        builder.HasIndex(o => o.StartedAt);
    }
}
