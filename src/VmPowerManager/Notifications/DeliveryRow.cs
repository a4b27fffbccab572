using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>How far a message is.</summary>
public enum DeliveryState
{
    /// <summary>Not tried yet.</summary>
    Pending,

    /// <summary>Being sent now.</summary>
    Sending,

    /// <summary>The receiver took it over.</summary>
    Delivered,

    /// <summary>Tried without success; tried again.</summary>
    Failed,

    /// <summary>Not tried again by itself.</summary>
    GivenUp,
}

/// <summary>A message for a channel, kept until retention takes it away. Written by <see cref="DeliveryStore"/> only.</summary>
public sealed class DeliveryRow
{
    public long Id { get; set; }
    public long EventSequence { get; set; }
    public int ChannelId { get; set; }
    public required string EventType { get; set; }
    public required string Source { get; set; }
    public required string Title { get; set; }
    public Severity Severity { get; set; }
    public DeliveryState State { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>Null when nothing is tried any more.</summary>
    public DateTimeOffset? NextTryAt { get; set; }
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>Why the last try failed, in the peer's words.</summary>
    public string? LastError { get; set; }

    /// <summary>What the peer said when it took the message.</summary>
    public string? Answer { get; set; }

    /// <summary><see cref="Notification"/> as JSON: the event itself may never have been stored.</summary>
    public required string Content { get; set; }
}

internal sealed class DeliveryRowConfiguration : IEntityTypeConfiguration<DeliveryRow>
{
    public void Configure(EntityTypeBuilder<DeliveryRow> builder)
    {
        builder.ToTable("NotificationDeliveries");
        builder.Property(d => d.Id).ValueGeneratedNever();
        builder.Property(d => d.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(d => new { d.ChannelId, d.Id });
        builder.HasIndex(d => new { d.State, d.Id });
        builder.HasIndex(d => d.CreatedAt);
        builder.HasOne<ChannelRow>().WithMany().HasForeignKey(d => d.ChannelId).OnDelete(DeleteBehavior.Cascade);
    }
}
