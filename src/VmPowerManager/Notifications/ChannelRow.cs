using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>A channel as configured. <see cref="Settings"/> is the kind's block as JSON, <see cref="Secrets"/> one
/// protected JSON object of secret names and values (DESIGN 4).</summary>
public sealed class ChannelRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required string Kind { get; set; }
    public bool Enabled { get; set; } = true;
    public required string Settings { get; set; }
    public string? Secrets { get; set; }
}

/// <summary>Which events go to a channel: of this type, at least this severe.</summary>
public sealed class SubscriptionRow
{
    public int Id { get; set; }
    public int ChannelId { get; set; }

    /// <summary>An event type, or the beginning of one with a star: <c>run.*</c>.</summary>
    public required string EventType { get; set; }
    public Severity MinimumSeverity { get; set; }
}

internal sealed class ChannelRowConfiguration : IEntityTypeConfiguration<ChannelRow>
{
    public void Configure(EntityTypeBuilder<ChannelRow> builder)
    {
        builder.ToTable("NotificationChannels");
        builder.Property(c => c.Name).HasMaxLength(ChannelInput.LongestName).UseCollation("NOCASE");
        builder.HasIndex(c => c.Name).IsUnique();
        builder.Property(c => c.Kind).HasMaxLength(50);
    }
}

internal sealed class SubscriptionRowConfiguration : IEntityTypeConfiguration<SubscriptionRow>
{
    public void Configure(EntityTypeBuilder<SubscriptionRow> builder)
    {
        builder.ToTable("NotificationSubscriptions");
        builder.Property(s => s.EventType).HasMaxLength(EventPattern.Longest);
        builder.HasIndex(s => new { s.ChannelId, s.EventType }).IsUnique();
        builder.HasOne<ChannelRow>().WithMany().HasForeignKey(s => s.ChannelId).OnDelete(DeleteBehavior.Cascade);
    }
}
