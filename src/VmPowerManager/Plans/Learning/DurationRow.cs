using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Plans.Learning;

/// <summary>How long one action on one target took, and what a person says instead.</summary>
public sealed class DurationRow
{
    /// <summary>As Core's <c>LearnedDuration.KeyOf</c> makes it: it names realm and platform id, so that a target that is
    /// discovered anew is known again.</summary>
    public required string Key { get; set; }

    /// <summary>Its name when it was last measured.</summary>
    public required string Target { get; set; }
    public required string Action { get; set; }

    /// <summary>The newest samples as JSON.</summary>
    public required string Samples { get; set; }
    public double? OverrideSeconds { get; set; }
}

internal sealed class DurationRowConfiguration : IEntityTypeConfiguration<DurationRow>
{
    public void Configure(EntityTypeBuilder<DurationRow> builder)
    {
        builder.ToTable("Durations");
        builder.HasKey(d => d.Key);
    }
}
