using System.Collections.Concurrent;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Quality;

/// <summary>Watches the input of every UPS and leaves what happened to it for the writer of history. The loop of a UPS
/// calls it; it never waits.</summary>
internal sealed class InputLog(HistoryRecorder recorder)
{
    private readonly ConcurrentDictionary<int, InputWatch> _watches = [];

    public void Follow(UpsSnapshot seen, UpsReading reading)
    {
        var id = seen.Config.Id;
        var sight = InputSight.Of(reading, seen.Facts, seen.Config.Policy.PollSeconds);
        var (next, changed) = _watches.GetValueOrDefault(id, InputWatch.Begin).See(sight);
        _watches[id] = next;
        foreach (var what in changed)
            recorder.Note(Note(id, what));
    }

    public void Forget(int upsId) => _watches.TryRemove(upsId, out _);

    internal static HistoryNote Note(int upsId, InputEvent what) =>
        new(
            QualitySql.Write,
            [
                ("@ups", upsId),
                ("@begin", what.Begin.ToUnixTimeMilliseconds()),
                ("@source", (int)what.Source),
                ("@kind", (int)what.Kind),
                ("@end", what.End?.ToUnixTimeMilliseconds()),
                ("@seconds", what.Seconds),
                ("@extreme", what.Extreme),
                ("@nominal", what.Nominal),
                ("@reason", what.Reason),
                ("@cut", what.Cut ? 1 : 0),
            ]
        );
}
