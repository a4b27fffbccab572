using System.Collections.Concurrent;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>A message of type <c>reading</c>: the same keys as in the API's answer for that UPS, without its settings.</summary>
public sealed record UpsStreamView(int Id, string Name, UpsReadingView? Reading);

/// <summary>Shows screens what changes at once, and what does not every 5 s: they count ages by themselves, and the
/// stream's memory should not hold a hundred equal readings.</summary>
internal sealed class UpsScreens(LiveStream stream, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<int, TimeSpan> _shown = [];

    public void Show(UpsSnapshot before, UpsSnapshot after, TimeSpan now)
    {
        var id = after.Config.Id;
        if (IsSame(before, after) && _shown.TryGetValue(id, out var last) && now - last < Quiet)
            return;
        _shown[id] = now;
        var reading = UpsReadingView.Of(after, now, time.GetUtcNow());
        stream.Publish(StreamTypes.Reading, $"{id}", new UpsStreamView(id, after.Config.Name, reading));
    }

    public void Forget(int upsId)
    {
        _shown.TryRemove(upsId, out _);
        stream.Forget(StreamTypes.Reading, $"{upsId}");
    }

    private static bool IsSame(UpsSnapshot before, UpsSnapshot after) =>
        before.Facts == after.Facts
        && before.Evidence.Fault?.Words == after.Evidence.Fault?.Words
        && Timeless(before.Evidence.Last) == Timeless(after.Evidence.Last);

    private static UpsReading? Timeless(UpsReading? reading) =>
        reading is null ? null : reading with { At = default, Taken = default };
}
