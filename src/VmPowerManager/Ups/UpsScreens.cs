using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Ups;

/// <summary>A message of type <c>reading</c>: the same keys as in the API's answer for that UPS, without its settings.</summary>
public sealed record UpsStreamView(int Id, string Name, bool Enabled, UpsReadingView? Reading)
{
    /// <summary>What is shown again every 5 s though nothing changed is not old by then.</summary>
    private const double Shown = 5;

    public double PollSeconds { get; init; } = 1;
    public double DeadSeconds { get; init; } = 15;

    /// <summary>Read from the program's own simulator.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>The name as people read it where no chip stands beside it: a simulated UPS says so.</summary>
    [JsonIgnore]
    public string Label => UpsRow.LabelOf(Name, IsSimulated);

    /// <summary>A screen greys out what is older.</summary>
    [JsonIgnore]
    public double StaleAfterSeconds => Math.Max(DeadSeconds, (3 * PollSeconds) + 2 + Shown);

    /// <summary>What its battery needs.</summary>
    [JsonIgnore]
    public BatteryNeed Battery { get; init; }

    internal static UpsStreamView Of(UpsConfig config, UpsReadingView? reading) =>
        new(config.Id, config.Name, config.Policy.Enabled, reading)
        {
            PollSeconds = config.Policy.PollSeconds,
            DeadSeconds = config.Policy.DeadSeconds,
            IsSimulated = config.IsSimulated,
        };
}

/// <summary>Shows screens what changes at once, and what does not every 5 s: they count ages by themselves, and the
/// stream's memory should not hold a hundred equal readings.</summary>
internal sealed class UpsScreens(LiveStream stream, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<int, TimeSpan> _shown = [];
    private readonly ConcurrentDictionary<int, BatteryNeed> _batteries = [];

    /// <summary>Every configured UPS, by id; its reading is null before the first poll.</summary>
    public Live<ImmutableSortedDictionary<int, UpsStreamView>> All { get; } =
        new(ImmutableSortedDictionary<int, UpsStreamView>.Empty);

    /// <summary>A UPS is configured, enabled or not: it has a place on the screens before it is read.</summary>
    public void Show(UpsConfig config) => All.Update(all => all.SetItem(config.Id, View(config, null)));

    public void Show(UpsSnapshot before, UpsSnapshot after, TimeSpan now)
    {
        var id = after.Config.Id;
        if (IsSame(before, after) && _shown.TryGetValue(id, out var last) && now - last < Quiet)
            return;
        _shown[id] = now;
        var view = View(after.Config, UpsReadingView.Of(after, now, time.GetUtcNow()));
        All.Update(all => all.SetItem(id, view));
        stream.Publish(StreamTypes.Reading, $"{id}", view);
    }

    /// <summary>What the battery of a UPS needs, until it is told anew.</summary>
    public void Advise(int upsId, BatteryNeed need)
    {
        _batteries[upsId] = need;
        All.Update(all => all.TryGetValue(upsId, out var ups) ? all.SetItem(upsId, ups with { Battery = need }) : all);
    }

    public void Forget(int upsId)
    {
        _batteries.TryRemove(upsId, out _);
        _shown.TryRemove(upsId, out _);
        All.Update(all => all.Remove(upsId));
        stream.Forget(StreamTypes.Reading, $"{upsId}");
    }

    private UpsStreamView View(UpsConfig config, UpsReadingView? reading) =>
        UpsStreamView.Of(config, reading) with
        {
            Battery = _batteries.GetValueOrDefault(config.Id),
        };

    private static bool IsSame(UpsSnapshot before, UpsSnapshot after) =>
        before.Facts == after.Facts
        && before.Evidence.Fault?.Words == after.Evidence.Fault?.Words
        && Timeless(before.Evidence.Last) == Timeless(after.Evidence.Last);

    private static UpsReading? Timeless(UpsReading? reading) =>
        reading is null ? null : reading with { At = default, Taken = default };
}
