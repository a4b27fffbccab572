using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>A run, as it last was: written by <see cref="JournalWriter"/> only.</summary>
public sealed class RunRow
{
    public int Id { get; set; }
    public int PlanId { get; set; }
    public required string Status { get; set; }
    public DateTimeOffset StartedAt { get; set; }

    /// <summary><see cref="RunRecord"/> as JSON.</summary>
    public required string Record { get; set; }
}

/// <summary>One tick of a plan that changed something: the state after it, and what it was about to do. The newest row
/// of a plan is where it goes on after a restart (DESIGN 3: Journal). Written by <see cref="JournalWriter"/> only.</summary>
public sealed class JournalRow
{
    public long Id { get; set; }
    public int PlanId { get; set; }
    public int? RunId { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>Ticks of the monotonic clock; comparable within <see cref="BootId"/> (F6).</summary>
    public long Elapsed { get; set; }
    public required string BootId { get; set; }

    /// <summary>What was observed, in a word.</summary>
    public required string Cause { get; set; }

    /// <summary>The engine's state as JSON; null in old rows, whose effects alone are kept.</summary>
    public string? State { get; set; }

    /// <summary>Intended effects as JSON, written before they are issued.</summary>
    public required string Effects { get; set; }
}

internal sealed class RunRowConfiguration : IEntityTypeConfiguration<RunRow>
{
    public void Configure(EntityTypeBuilder<RunRow> builder)
    {
        builder.ToTable("Runs");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.HasIndex(r => r.PlanId);
        builder.HasOne<PlanRow>().WithMany().HasForeignKey(r => r.PlanId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class JournalRowConfiguration : IEntityTypeConfiguration<JournalRow>
{
    public void Configure(EntityTypeBuilder<JournalRow> builder)
    {
        builder.ToTable("Journal");
        builder.HasIndex(j => new { j.PlanId, j.Id });
        builder.HasOne<PlanRow>().WithMany().HasForeignKey(j => j.PlanId).OnDelete(DeleteBehavior.Cascade);
    }
}
