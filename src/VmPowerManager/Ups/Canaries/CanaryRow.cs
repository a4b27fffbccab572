using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Ups.Canaries;

/// <summary>A canary as configured.</summary>
public sealed class CanaryRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required string Address { get; set; }
    public required string Method { get; set; }
    public int? Port { get; set; }
    public double PollSeconds { get; set; }
    public bool Enabled { get; set; } = true;

    /// <summary>As JSON: a UPS that is gone means nothing here.</summary>
    public List<int> UpsIds { get; set; } = [];

    internal Canary ToCanary() =>
        new()
        {
            Id = Id,
            Name = Name,
            Address = Address,
            Method = Method,
            Port = Port,
            PollSeconds = PollSeconds,
            Enabled = Enabled,
            UpsIds = [.. UpsIds],
        };
}

internal sealed class CanaryRowConfiguration : IEntityTypeConfiguration<CanaryRow>
{
    public void Configure(EntityTypeBuilder<CanaryRow> builder)
    {
        builder.ToTable("Canaries");
        builder.Property(c => c.Name).HasMaxLength(CanaryInput.LongestName).UseCollation("NOCASE");
        builder.HasIndex(c => c.Name).IsUnique();
        builder.Property(c => c.Address).HasMaxLength(CanaryInput.LongestAddress);
        builder.Property(c => c.Method).HasMaxLength(10);
    }
}
