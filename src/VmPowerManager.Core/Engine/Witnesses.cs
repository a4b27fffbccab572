using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What others say about the mains of a UPS whose on-battery state is not confirmed yet (A9). Pure.</summary>
/// <param name="Words">Null where nobody says anything.</param>
public sealed record Witnesses(WitnessVerdict Verdict, Sentence? Words)
{
    /// <summary>What fell silent, or went on battery, so long before the first OB reading belongs to it.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(10);
    private static readonly Witnesses Nobody = new(WitnessVerdict.None, null);

    public static Witnesses Of(PlanModel model, PlanState state, UpsEvidence ups)
    {
        if (ups.ConfirmedAt is not null || ups.OnBatterySince is null)
            return Nobody;
        var canaries = CanariesOf(model, state, [ups.Policy.UpsId]);
        var others = state
            .Upses.Values.Concat(state.Witnesses.Values)
            .Where(o => o.Policy.UpsId != ups.Policy.UpsId && SameCircuit(ups, o));
        var (answering, gone) = Heard(ups, canaries, others);
        return (answering.Count, gone.Count) switch
        {
            (> 0, 0) => Doubt(ups, string.Join(", ", answering)),
            (0, > 0) => new(
                WitnessVerdict.Agree,
                $"{ups.Policy.Name} says that it is on battery, and mains is gone at {string.Join(", ", gone)} too: confirmed at its second reading, or after a second."
            ),
            (> 0, > 0) => new(
                WitnessVerdict.None,
                $"{ups.Policy.Name} says that it is on battery; mains is gone at {string.Join(", ", gone)} and there at {string.Join(", ", answering)}: confirmed as without witnesses."
            ),
            _ => Nobody,
        };
    }

    /// <summary>Who says, since this UPS was first read on battery, that mains is there, and who that it is gone.</summary>
    /// <param name="others">UPSes of the same circuit.</param>
    public static (IReadOnlyList<string> There, IReadOnlyList<string> Gone) Heard(
        UpsEvidence ups,
        IEnumerable<(string Name, CanaryView View)> canaries,
        IEnumerable<UpsEvidence> others
    )
    {
        if (ups.OnBatterySince is not { } since)
            return ([], []);
        var (near, same) = (canaries.ToList(), others.ToList());
        // What answered before the first OB reading says nothing of the time since.
        var there = near.Where(c => c.View.Answers && c.View.Taken >= since)
            .Select(c => c.Name)
            .Concat(same.Where(o => o.OnLine && o.Last?.Taken >= since).Select(o => o.Policy.Name));
        var gone = near.Where(c => c.View is { Answers: false, EverAnswered: true } && c.View.Since >= since - Near)
            .Select(c => c.Name)
            .Concat(same.Where(o => o.OnBatterySeen && o.OnBatterySince >= since - Near).Select(o => o.Policy.Name));
        return ([.. there], [.. gone]);
    }

    private static Witnesses Doubt(UpsEvidence ups, string who)
    {
        var most = (ups with { Witness = WitnessVerdict.Doubt }).ConfirmTime;
        return most > (ups with { Witness = WitnessVerdict.None }).ConfirmTime
            ? new(
                WitnessVerdict.Doubt,
                $"{ups.Policy.Name} says that it is on battery, but mains is still there at {who}: confirmed if it lasts for {Engine.Words.Duration(most.TotalSeconds)}."
            )
            : new(
                WitnessVerdict.None,
                $"{ups.Policy.Name} says that it is on battery, and its own signs outweigh that mains is still there at {who}."
            );
    }

    /// <summary>The canaries that share a circuit with one of these UPSes, as far as they were heard of.</summary>
    public static IEnumerable<(string Name, CanaryView View)> CanariesOf(
        PlanModel model,
        PlanState state,
        IReadOnlyCollection<int> upsIds
    ) =>
        model
            .Canaries.Values.Where(c => c.UpsIds.IsDefaultOrEmpty || c.UpsIds.Any(upsIds.Contains))
            .Where(c => state.Canaries.ContainsKey(c.Id))
            .Select(c => (c.Name, state.Canaries[c.Id]));

    public static bool SameCircuit(UpsEvidence one, UpsEvidence other) =>
        one.Policy.Circuit is { Length: > 0 } circuit
        && string.Equals(circuit, other.Policy.Circuit, StringComparison.OrdinalIgnoreCase);
}
