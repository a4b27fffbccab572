using System.Collections.Concurrent;
using System.Collections.Immutable;
using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;

namespace VmPowerManager.Ups;

/// <summary>A message of type <c>reading</c>: the same keys as in the API's answer for that UPS, without its settings.</summary>
public sealed record UpsStreamView(int Id, string Name, bool Enabled, UpsReadingView? Reading);

/// <summary>Shows screens what changes at once, and what does not every 5 s: they count ages by themselves, and the
/// stream's memory should not hold a hundred equal readings.</summary>
internal sealed class UpsScreens(LiveStream stream, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<int, TimeSpan> _shown = [];

    /// <summary>Every configured UPS, by id; its reading is null before the first poll.</summary>
    public Live<ImmutableSortedDictionary<int, UpsStreamView>> All { get; } =
        new(ImmutableSortedDictionary<int, UpsStreamView>.Empty);

    /// <summary>A UPS is configured, enabled or not: it has a place on the screens before it is read.</summary>
    public void Show(UpsConfig config) =>
        All.Update(all =>
            all.SetItem(config.Id, new UpsStreamView(config.Id, config.Name, config.Policy.Enabled, null))
        );

    public void Show(UpsSnapshot before, UpsSnapshot after, TimeSpan now)
    {
        var id = after.Config.Id;
        if (IsSame(before, after) && _shown.TryGetValue(id, out var last) && now - last < Quiet)
            return;
        _shown[id] = now;
        var reading = UpsReadingView.Of(after, now, time.GetUtcNow());
        var view = new UpsStreamView(id, after.Config.Name, after.Config.Policy.Enabled, reading);
        All.Update(all => all.SetItem(id, view));
        stream.Publish(StreamTypes.Reading, $"{id}", view);
    }

    public void Forget(int upsId)
    {
        _shown.TryRemove(upsId, out _);
        All.Update(all => all.Remove(upsId));
        stream.Forget(StreamTypes.Reading, $"{upsId}");
    }

    private static bool IsSame(UpsSnapshot before, UpsSnapshot after) =>
        before.Facts == after.Facts
        && before.Evidence.Fault?.Words == after.Evidence.Fault?.Words
        && Timeless(before.Evidence.Last) == Timeless(after.Evidence.Last);

    private static UpsReading? Timeless(UpsReading? reading) =>
        reading is null ? null : reading with { At = default, Taken = default };
}
