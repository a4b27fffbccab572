using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>An outage that was recorded, or one that is being recorded. Written by <see cref="ScenarioStore"/> only.
/// Outlives its plan: it can be played against another one.</summary>
public sealed class ScenarioRow
{
    public int Id { get; set; }
    public int PlanId { get; set; }
    public DateTimeOffset BeganAt { get; set; }

    /// <summary>Null: its cycle is open.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The scenario as JSON.</summary>
    public required string Body { get; set; }
}

internal sealed class ScenarioRowConfiguration : IEntityTypeConfiguration<ScenarioRow>
{
    public void Configure(EntityTypeBuilder<ScenarioRow> builder)
    {
        builder.ToTable("Scenarios");
        builder.HasIndex(s => s.EndedAt);
    }
}
