using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace VmPowerManager.Storage;

/// <summary>Times are stored as UTC ticks: SQLite cannot order by DateTimeOffset (STYLE: Toolchain 6).</summary>
public sealed class UtcTicksConverter()
    : ValueConverter<DateTimeOffset, long>(t => t.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
