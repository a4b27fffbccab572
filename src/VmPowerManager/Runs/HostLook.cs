using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>One look at a host, and what it means to the engine: only real silence is silence (C4). Any thread.</summary>
internal sealed class HostLook(IHostPower power, IHostFeed feed, TimeProvider time)
{
    private static readonly TimeSpan StatesLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WitnessLimit = TimeSpan.FromSeconds(2);

    /// <summary>Controllers take their time.</summary>
    private static readonly TimeSpan BmcLimit = TimeSpan.FromSeconds(5);

    /// <summary>What a refreshed host means to the engine. The realm is whole where no other host shares it (C5).</summary>
    public Observation ToObservation(HostSnapshot host, TimeSpan now) =>
        host is { Fault: null, Realm: { } realm, Refreshed: { } taken }
            ? new HostAnswered(
                host.Id,
                realm,
                host.WholeRealm ?? WholeRealm(realm),
                [.. host.Guests.Select(Seen)],
                taken
            )
            {
                NotReady = host.NotReady,
            }
            : new HostMissed(host.Id, Silent: false, host.Fault ?? "not seen yet", null, now)
            {
                Heard = host.FaultKind is not (null or DeviceFault.Unreachable or DeviceFault.Timeout),
                NoAnswer =
                    host is { FaultKind: DeviceFault.Unreachable, Fault: { } words }
                    && !HostFaults.ProvesNothing(words),
            };

    public async Task<Observation> AtAsync(int hostId, CancellationToken ct)
    {
        // Taken when it was asked: an older look must never pass for a newer one.
        var taken = time.Elapsed();
        var outcome = await power.GetStatesAsync(hostId, StatesLimit, ct);
        return outcome is { Ok: true, Value: { } states }
            ? Answered(hostId, states, taken)
            : await MissedAsync(hostId, outcome.Fault, outcome.Words ?? "no answer", taken, ct);
    }

    private HostAnswered Answered(int hostId, HostInventory states, TimeSpan taken)
    {
        var host = feed.Hosts.FirstOrDefault(h => h.Id == hostId);
        var realm = host?.RealmOf(states) ?? states.Realm;
        var ids = feed
            .Hosts.SelectMany(h => h.Guests)
            .Where(g => g.Realm == realm)
            .ToDictionary(g => g.ExternalId, g => g.Id);
        var guests = states.Guests.Select(g => new GuestSeen(
            g.ExternalId,
            g.Name,
            PlanModels.PowerOf(g.State),
            ids.GetValueOrDefault(g.ExternalId)
        ));
        var whole = states.WholeRealm ?? WholeRealm(realm);
        return new HostAnswered(hostId, realm, whole, [.. guests], taken) { NotReady = states.NotReady };
    }

    /// <summary>Its witness and its controllers are asked at the same time: the engine waits for this look.</summary>
    private async Task<Observation> MissedAsync(
        int hostId,
        DeviceFault? fault,
        string words,
        TimeSpan taken,
        CancellationToken ct
    )
    {
        var answers = await AnswersAsync(hostId, fault, words, ct);
        var silent = answers == false;
        var witness = silent ? power.WitnessAnswersAsync(hostId, WitnessLimit, ct) : Task.FromResult<bool?>(null);
        var hasPower = answers == true ? Task.FromResult<bool?>(null) : power.HasPowerAsync(hostId, BmcLimit, ct);
        await Task.WhenAll(witness, hasPower);
        return new HostMissed(hostId, silent, words, await witness, taken)
        {
            Refused = words.StartsWith(HostFaults.Refused, StringComparison.Ordinal),
            Heard = answers == true,
            HasPower = await hasPower,
        };
    }

    /// <summary>C4: false, nobody answering, is silence. An unresolved name or trouble of our own proves nothing (null), a
    /// refused login is an answer, and a host that is merely slow with its list still takes connections.</summary>
    private async Task<bool?> AnswersAsync(int hostId, DeviceFault? fault, string words, CancellationToken ct) =>
        fault switch
        {
            DeviceFault.Unreachable => HostFaults.ProvesNothing(words) ? null : false,
            DeviceFault.Timeout => await power.AddressAnswersAsync(hostId, WitnessLimit, ct),
            _ => true,
        };

    private static GuestSeen Seen(GuestSnapshot guest) =>
        new(guest.ExternalId, guest.Name, PlanModels.PowerOf(guest.State), guest.Id);

    private bool WholeRealm(string realm) => feed.Hosts.Count(h => h.Realm == realm) <= 1;
}
