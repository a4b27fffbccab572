using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Hosts;

/// <summary>A host as the user configured it.</summary>
public sealed class HostRow
{
    public int Id { get; set; }
    public required string Name { get; set; }

    /// <summary>A driver's <see cref="IHostDriver.Platform"/>.</summary>
    public required string Platform { get; set; }
    public HostRole Role { get; set; }
    public bool RunsManager { get; set; }
    public double? MinSupplies { get; set; }
    public int MaxParallelGuests { get; set; }
    public string? Witness { get; set; }
    public int OffSilenceSeconds { get; set; }

    /// <summary>JSON: <c>version</c>, and the API's blocks without their secrets.</summary>
    public required string Settings { get; set; }

    /// <summary>Protected JSON of secret name to secret (<c>ssh.password</c>), or null when there are none.</summary>
    public string? Secrets { get; set; }
    public List<HostSupplyRow> Supplies { get; init; } = [];
}

/// <summary>A UPS that feeds a host.</summary>
public sealed class HostSupplyRow
{
    public int Id { get; set; }
    public int HostId { get; set; }

    /// <summary>A plain number: the UPS feature owns its rows.</summary>
    public int UpsId { get; set; }
    public double PowerValue { get; set; }
}

internal sealed class HostRowConfiguration : IEntityTypeConfiguration<HostRow>, IEntityTypeConfiguration<HostSupplyRow>
{
    public void Configure(EntityTypeBuilder<HostRow> builder)
    {
        builder.ToTable("Hosts");
        builder.Property(h => h.Name).UseCollation("NOCASE");
        builder.HasIndex(h => h.Name).IsUnique();
        builder.Property(h => h.Role).HasConversion<string>();
        builder.HasMany(h => h.Supplies).WithOne().HasForeignKey(s => s.HostId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<HostSupplyRow> builder)
    {
        builder.ToTable("HostSupplies");
        builder.HasIndex(s => new { s.HostId, s.UpsId }).IsUnique();
        builder.HasIndex(s => s.UpsId);
    }
}
