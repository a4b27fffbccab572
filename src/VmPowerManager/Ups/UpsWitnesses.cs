using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Ups;

/// <summary>What canaries and UPSes of the same circuit say of a UPS's mains, in words for its events (A9). Nothing decides
/// by it: plans listen to the canaries that they name, and reckon for themselves.</summary>
internal sealed class UpsWitnesses(CanaryFeed canaries)
{
    private readonly ConcurrentDictionary<int, UpsEvidence> _upses = [];

    public void Follow(UpsEvidence seen) => _upses[seen.Policy.UpsId] = seen;

    public void Forget(int upsId) => _upses.TryRemove(upsId, out _);

    /// <summary>That it is on battery, with what the others say; on battery alone where they say nothing.</summary>
    public Sentence OnBattery(UpsEvidence ups)
    {
        var others = _upses.Values.Where(o => o.Policy.UpsId != ups.Policy.UpsId && Witnesses.SameCircuit(ups, o));
        var (there, gone) = Witnesses.Heard(ups, Near(ups.Policy.UpsId), others);
        var (present, absent) = (string.Join(", ", there), string.Join(", ", gone));
        var doubt = (ups with { Witness = WitnessVerdict.Doubt }).ConfirmTime;
        return (there.Count, gone.Count) switch
        {
            (0, 0) => $"On battery",
            (0, _) => $"On battery, and mains is gone at {absent} too: plans that ask it believe it sooner",
            (_, > 0) =>
                $"On battery; mains is gone at {absent} and there at {present}: these witnesses contradict each other",
            _ when doubt > TimeSpan.FromSeconds(ups.Policy.ConfirmSeconds) =>
                $"On battery, but mains is still there at {present}: plans that ask it wait until this has lasted for {Words.Duration(doubt.TotalSeconds)}",
            _ => $"On battery; its own signs outweigh that mains is still there at {present}",
        };
    }

    /// <summary>The canaries that share a circuit with it, as far as they could be asked.</summary>
    private IEnumerable<(string Name, CanaryView View)> Near(int upsId) =>
        canaries
            .All.Value.Values.Where(p =>
                p.Canary is { Enabled: true } c && (c.UpsIds.Count == 0 || c.UpsIds.Contains(upsId))
            )
            .Where(p => p.Seen is { Asked: true })
            .Select(p => (p.Canary.Name, ViewOf(p.Seen)));

    private static CanaryView ViewOf(CanarySeen? seen) =>
        seen is null
            ? new(false, default, default, false)
            : new(seen.Answers, seen.Taken - (seen.At - seen.Since), seen.Taken, true);
}
