using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>What a peer said may quote what it was sent; everybody reads it, and it is kept in events and runs.</summary>
internal static class DeviceWords
{
    /// <summary>The outcome with the secrets taken out of all that is words in it.</summary>
    public static DeviceOutcome<T> Tellable<T>(DeviceOutcome<T> outcome, IEnumerable<string> secrets)
    {
        var hidden = secrets.ToList();
        if (hidden.Count == 0)
            return outcome;
        string Told(string words) => PeerWords.Without(words, hidden);
        // Our own words are the key, what a peer or a person gave is in the holes.
        Sentence Say(Sentence says) =>
            new(
                says.Key,
                [.. says.Arguments.Select(a => a is Sentence nested ? (object)Say(nested) : Told((string)a))]
            );
        IReadOnlyList<HostCheck> Checks(IReadOnlyList<HostCheck> checks) =>
            [.. checks.Select(c => c with { Says = Say(c.Says) })];
        object? value = outcome.Value switch
        {
            string words => Told(words),
            HostProbe probe => probe with { Checks = Checks(probe.Checks) },
            WakeProbe probe => probe with { Checks = Checks(probe.Checks) },
            HostInventory { NotReady: { } why } inventory => inventory with { NotReady = Told(why) },
            var other => other,
        };
        return outcome with { Value = (T?)value, Words = outcome.Words is { } said ? Told(said) : null };
    }
}
