using Microsoft.EntityFrameworkCore;

namespace VmPowerManager.Storage;

/// <summary>app.db: configuration, journal, events. Names no feature: each brings its IEntityTypeConfiguration, and
/// queries use <c>db.Set&lt;T&gt;()</c>. Open one context an operation, from <see cref="IDbContextFactory{AppDb}"/>.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
}
