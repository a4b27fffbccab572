using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Storage;

/// <summary>A value that the program keeps for itself or a person set for the whole product.</summary>
public sealed class SettingRow
{
    public required string Key { get; init; }
    public required string Value { get; set; }
}

internal sealed class SettingRowConfiguration : IEntityTypeConfiguration<SettingRow>
{
    public void Configure(EntityTypeBuilder<SettingRow> builder) => builder.ToTable("Settings").HasKey(s => s.Key);
}
