using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;

namespace VmPowerManager.Plans;

/// <summary>A plan: one JSON column of <c>PlanDefinition</c>, and what it names as rows for foreign keys (DESIGN 4).</summary>
public sealed class PlanRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public int Revision { get; set; }
    public bool Armed { get; set; }
    public required string Definition { get; set; }
    public List<PlanTargetRow> Targets { get; } = [];
}

/// <summary>Something that a plan names: exactly one of the three is set.</summary>
public sealed class PlanTargetRow
{
    public int Id { get; set; }
    public int PlanId { get; set; }
    public int? UpsId { get; set; }
    public int? HostId { get; set; }
    public int? GuestId { get; set; }
}

internal sealed class PlanRowConfiguration : IEntityTypeConfiguration<PlanRow>
{
    public void Configure(EntityTypeBuilder<PlanRow> builder)
    {
        builder.ToTable("Plans");
        builder.Property(p => p.Name).UseCollation("NOCASE");
        builder.HasIndex(p => p.Name).IsUnique();
        builder.HasMany(p => p.Targets).WithOne().HasForeignKey(t => t.PlanId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PlanTargetRowConfiguration : IEntityTypeConfiguration<PlanTargetRow>
{
    public void Configure(EntityTypeBuilder<PlanTargetRow> builder)
    {
        builder.ToTable("PlanTargets");
        builder.HasOne<UpsRow>().WithMany().HasForeignKey(t => t.UpsId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<HostRow>().WithMany().HasForeignKey(t => t.HostId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<GuestRow>().WithMany().HasForeignKey(t => t.GuestId).OnDelete(DeleteBehavior.Restrict);
    }
}
