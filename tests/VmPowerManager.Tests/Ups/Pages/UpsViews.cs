using VmPowerManager.Core.Power;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Pages;

/// <summary>UPSes as screens get them.</summary>
internal static class UpsViews
{
    public static readonly DateTimeOffset At = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static UpsStreamView Seen(
        UpsReadingView? reading,
        int id = 1,
        string name = "rack-a",
        bool enabled = true
    ) => new(id, name, enabled, reading);

    /// <param name="status">NUT's words; those that nobody knows count as unknown flags.</param>
    public static UpsReadingView Reading(string status = "OL", Comm comm = Comm.Ok)
    {
        var words = status.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new UpsReadingView
        {
            At = At,
            AgeSeconds = 1,
            Comm = comm,
            Status = [.. words.Where(w => Enum.IsDefined(typeof(UpsStatus), w))],
            UnknownFlags = [.. words.Where(w => !Enum.IsDefined(typeof(UpsStatus), w))],
            Estimated = [],
            Implausible = new Dictionary<string, int>(),
            Variables = new Dictionary<string, string>(),
        };
    }
}
