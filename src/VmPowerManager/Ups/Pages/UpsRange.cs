using System.Collections.Immutable;

namespace VmPowerManager.Ups.Pages;

/// <summary>A span that charts show.</summary>
/// <param name="Name">A key of the localised strings.</param>
/// <param name="Pause">Between two reads: what would move the line by less than a pixel can wait.</param>
public sealed record UpsRange(string Name, TimeSpan Length, TimeSpan Pause)
{
    public static readonly ImmutableArray<UpsRange> All =
    [
        new("1 h", TimeSpan.FromHours(1), TimeSpan.FromSeconds(10)),
        new("6 h", TimeSpan.FromHours(6), TimeSpan.FromSeconds(30)),
        new("24 h", TimeSpan.FromHours(24), TimeSpan.FromMinutes(1)),
        new("7 d", TimeSpan.FromDays(7), TimeSpan.FromMinutes(5)),
        new("30 d", TimeSpan.FromDays(30), TimeSpan.FromMinutes(5)),
        new("1 y", TimeSpan.FromDays(365), TimeSpan.FromMinutes(5)),
    ];
}
