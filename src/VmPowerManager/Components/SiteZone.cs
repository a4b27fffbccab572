namespace VmPowerManager.Components;

/// <summary>The zone in which people mean times of day here: <c>Site:TimeZone</c> (IANA), else that of this machine. Pages
/// show points in time in the browser's zone; schedules are set in this one.</summary>
public sealed record SiteZone(TimeZoneInfo Zone)
{
    public static SiteZone From(IConfiguration configuration) =>
        new(
            configuration["Site:TimeZone"]?.Trim() is { Length: > 0 } id
            && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
                ? zone
                : TimeZoneInfo.Local
        );

    /// <summary>The moment that a clock on the wall there shows this. A time that is left out when clocks go forward is
    /// the one an hour later; of one that comes twice it is the first.</summary>
    public DateTimeOffset At(DateTime wall)
    {
        var local = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        if (Zone.IsInvalidTime(local))
            local = local.AddHours(1);
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }

    /// <summary>What a clock on the wall there shows.</summary>
    public DateTime Wall(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).DateTime;
}
