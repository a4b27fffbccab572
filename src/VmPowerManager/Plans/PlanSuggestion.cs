using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using HostRole = VmPowerManager.Hosts.HostRole;

namespace VmPowerManager.Plans;

/// <summary>A sensible first plan for what there is: guests while there is time, then the hosts at low battery, storage
/// after those that use it, then the network, and this program's own host last (POLICY C6). Pure.</summary>
public static class PlanSuggestion
{
    /// <summary>Long enough that most outages are over, short enough that most batteries last (C2).</summary>
    private const int GuestsAfterSeconds = 300;
    private const int GuestTimeoutSeconds = 120;
    private const int HostTimeoutSeconds = 180;

    /// <param name="names">What the phases and the plan are called, in the person's language.</param>
    /// <param name="place">Where this program was found to run: that host goes last where none is marked, and the guest that
    /// it runs in is left to its host's end.</param>
    public static PlanDefinition Of(
        IReadOnlyCollection<UpsPolicy> upses,
        IReadOnlyCollection<HostSnapshot> hosts,
        SuggestedNames names,
        ManagerPlace? place = null
    )
    {
        var phases = new List<PhaseDefinition>();
        var own = hosts.FirstOrDefault(h => h.RunsManager)?.Id ?? place?.HostId;
        var others = hosts.Where(h => h.Id != own).ToList();
        var ordinary = others.Where(h => h.Role is HostRole.Hypervisor or HostRole.Server);
        var withGuests = hosts.Where(h =>
            h.Role is HostRole.Hypervisor or HostRole.Server
            && (h.Capabilities.HasFlag(HostCapabilities.Guests) || h.Guests.Count > 0)
        );
        Add(
            phases,
            "guests",
            names.Guests,
            new() { OnBatteryForSeconds = GuestsAfterSeconds, LowBattery = true },
            withGuests.Select(h => GuestsOf(h, place))
        );
        AddHosts(phases, "hosts", names.Hosts, ordinary);
        AddHosts(phases, "storage", names.Storage, others.Where(h => h.Role == HostRole.Storage));
        AddHosts(phases, "network", names.Network, others.Where(h => h.Role == HostRole.Network));
        AddHosts(phases, "manager", names.Manager, hosts.Where(h => h.Id == own));
        return new PlanDefinition
        {
            Name = names.Plan,
            UpsIds = [.. Feeding(upses, hosts)],
            Phases = [.. phases],
        };
    }

    /// <summary>Those that feed a host; where nobody says what feeds it, all that are watched.</summary>
    private static List<int> Feeding(IReadOnlyCollection<UpsPolicy> upses, IReadOnlyCollection<HostSnapshot> hosts)
    {
        var named = hosts.SelectMany(h => h.Supplies).Select(s => s.UpsId).ToHashSet();
        var watched = upses.Where(u => u.Enabled).Select(u => u.UpsId).Order().ToList();
        var everyHostSays = hosts.Count > 0 && hosts.All(h => h.Supplies.Count > 0);
        var feeding = everyHostSays ? [.. watched.Where(named.Contains)] : watched;
        return feeding.Count > 0 ? feeding : watched;
    }

    private static void AddHosts(
        List<PhaseDefinition> phases,
        string id,
        string name,
        IEnumerable<HostSnapshot> hosts
    ) =>
        Add(
            phases,
            id,
            name,
            new TriggerDefinition { LowBattery = true },
            hosts.OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => StepFor(new() { HostId = h.Id }))
        );

    private static void Add(
        List<PhaseDefinition> phases,
        string id,
        string name,
        TriggerDefinition trigger,
        IEnumerable<StepDefinition> steps
    )
    {
        ImmutableArray<StepDefinition> all = [.. steps];
        if (all.Length > 0)
            phases.Add(
                new PhaseDefinition
                {
                    Id = id,
                    Name = name,
                    Trigger = trigger,
                    Steps = all,
                }
            );
    }

    private static StepDefinition GuestsOf(HostSnapshot host, ManagerPlace? place)
    {
        var own = host.Guests.Where(g => g.ExternalId == place?.ExternalId && g.Realm == place.Realm);
        return StepFor(new() { GuestsOf = host.Id, Except = [.. own.Select(g => g.Id).OfType<int>()] });
    }

    /// <summary>The step that a newly added target gets: it is asked to shut down; a guest that does not is forced off,
    /// as its host's end would do it.</summary>
    public static StepDefinition StepFor(TargetDefinition target) =>
        target.HostId is null
            ? new StepDefinition
            {
                Target = target,
                TimeoutSeconds = GuestTimeoutSeconds,
                OnTimeout = OnTimeout.ForceOff,
            }
            : new StepDefinition { Target = target, TimeoutSeconds = HostTimeoutSeconds };
}

/// <summary>What a suggested plan and its phases are called.</summary>
public sealed record SuggestedNames(
    string Plan,
    string Guests,
    string Hosts,
    string Storage,
    string Network,
    string Manager
);
