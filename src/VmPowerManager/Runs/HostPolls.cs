using System.Collections.Immutable;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>Looks at a host once a second for as long as some run wants it (C3: verification), one call a host however
/// many guests and plans. Any thread.</summary>
public sealed partial class HostPolls(IHostPower power, IHostFeed feed, TimeProvider time, ILogger<HostPolls> logger)
{
    private const string NotResolved = "name not resolved";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StatesLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WitnessLimit = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly Dictionary<PlanLoop, ImmutableSortedSet<int>> _wanted = [];
    private readonly Dictionary<int, CancellationTokenSource> _polls = [];

    /// <summary>The hosts that <paramref name="loop"/> wants from now on; empty when it wants none.</summary>
    public void Want(PlanLoop loop, ImmutableSortedSet<int> hosts)
    {
        lock (_gate)
        {
            if (hosts.IsEmpty)
                _wanted.Remove(loop);
            else
                _wanted[loop] = hosts;
            var all = _wanted.Values.SelectMany(h => h).ToHashSet();
            foreach (var host in all.Where(h => !_polls.ContainsKey(h)))
            {
                var stop = _polls[host] = new CancellationTokenSource();
                _ = Task.Run(() => PollAsync(host, stop.Token), CancellationToken.None);
            }
            foreach (var (host, stop) in _polls.Where(p => !all.Contains(p.Key)).ToList())
            {
                stop.Cancel();
                stop.Dispose();
                _polls.Remove(host);
            }
        }
    }

    /// <summary>Somebody wants this host every second.</summary>
    public bool Polled(int hostId)
    {
        lock (_gate)
            return _polls.ContainsKey(hostId);
    }

    /// <summary>What a refreshed host means to the engine. The realm is whole where no other host shares it (C5).</summary>
    public Observation ToObservation(HostSnapshot host, TimeSpan now) =>
        host is { Fault: null, Realm: { } realm, Refreshed: { } taken }
            ? new HostAnswered(host.Id, realm, WholeRealm(realm), [.. host.Guests.Select(Seen)], taken)
            : new HostMissed(host.Id, Silent: false, host.Fault ?? "not seen yet", null, now)
            {
                Heard = host.FaultKind is not (null or DeviceFault.Unreachable or DeviceFault.Timeout),
                NoAnswer =
                    host is { FaultKind: DeviceFault.Unreachable, Fault: { } words }
                    && !words.StartsWith(NotResolved, StringComparison.Ordinal),
            };

    private static GuestSeen Seen(GuestSnapshot guest) =>
        new(guest.ExternalId, guest.Name, PlanModels.PowerOf(guest.State), guest.Id);

    private bool WholeRealm(string realm) => feed.Hosts.Count(h => h.Realm == realm) <= 1;

    private async Task PollAsync(int hostId, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var started = time.GetTimestamp();
                Tell(hostId, await LookAsync(hostId, ct));
                var left = Interval - time.GetElapsedTime(started);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBug(hostId, e);
                await Task.Delay(Interval, time, CancellationToken.None);
            }
        }
    }

    private async Task<Observation> LookAsync(int hostId, CancellationToken ct)
    {
        // Taken when it was asked: an older look must never pass for a newer one.
        var taken = time.Elapsed();
        var outcome = await power.GetStatesAsync(hostId, StatesLimit, ct);
        if (outcome is { Ok: true, Value: { } states })
        {
            var ids = feed
                .Hosts.SelectMany(h => h.Guests)
                .Where(g => g.Realm == states.Realm)
                .ToDictionary(g => g.ExternalId, g => g.Id);
            var guests = states.Guests.Select(g => new GuestSeen(
                g.ExternalId,
                g.Name,
                PlanModels.PowerOf(g.State),
                ids.GetValueOrDefault(g.ExternalId)
            ));
            return new HostAnswered(hostId, states.Realm, WholeRealm(states.Realm), [.. guests], taken);
        }
        var words = outcome.Words ?? "no answer";
        var silent = await IsSilentAsync(hostId, outcome.Fault, words, ct);
        var witness = silent ? await power.WitnessAnswersAsync(hostId, WitnessLimit, ct) : null;
        return new HostMissed(hostId, silent, words, witness, taken)
        {
            Refused = words.StartsWith("connection refused", StringComparison.Ordinal),
            Heard = !silent && outcome.Fault != DeviceFault.Unreachable,
        };
    }

    /// <summary>C4: nobody answering is silence. An unresolved name or a refused login proves nothing, and a host that is merely
    /// slow with its list still takes connections.</summary>
    private async Task<bool> IsSilentAsync(int hostId, DeviceFault? fault, string words, CancellationToken ct) =>
        fault switch
        {
            DeviceFault.Unreachable => !words.StartsWith(NotResolved, StringComparison.Ordinal),
            DeviceFault.Timeout => await power.AddressAnswersAsync(hostId, WitnessLimit, ct) == false,
            _ => false,
        };

    private void Tell(int hostId, Observation observation)
    {
        PlanLoop[] loops;
        lock (_gate)
            loops = [.. _wanted.Where(w => w.Value.Contains(hostId)).Select(w => w.Key)];
        foreach (var loop in loops)
            loop.Post(observation);
    }

    [LoggerMessage(LogLevel.Error, "Polling host {HostId} failed by a bug")]
    private partial void LogBug(int hostId, Exception e);
}
