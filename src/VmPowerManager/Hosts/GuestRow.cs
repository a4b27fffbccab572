using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Hosts;

/// <summary>A guest as last seen. Identified by realm and external id (POLICY C5); its host is where it was last seen.</summary>
public sealed class GuestRow
{
    public int Id { get; set; }
    public int HostId { get; set; }
    public required string Realm { get; set; }
    public required string ExternalId { get; set; }
    public required string Name { get; set; }
    public GuestKind Kind { get; set; }
    public GuestState State { get; set; }
    public AgentState Agent { get; set; }
    public int Priority { get; set; }
    public bool ControlsHosts { get; set; }
    public DateTimeOffset SeenAt { get; set; }
}

internal sealed class GuestRowConfiguration : IEntityTypeConfiguration<GuestRow>
{
    public void Configure(EntityTypeBuilder<GuestRow> builder)
    {
        builder.ToTable("Guests");
        builder.HasIndex(g => new { g.Realm, g.ExternalId }).IsUnique();
        builder.Property(g => g.Kind).HasConversion<string>();
        builder.Property(g => g.State).HasConversion<string>();
        builder.Property(g => g.Agent).HasConversion<string>();
        builder.HasOne<HostRow>().WithMany().HasForeignKey(g => g.HostId).OnDelete(DeleteBehavior.Cascade);
    }
}
