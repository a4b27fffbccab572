using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Plans.Learning;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;
using HostRole = VmPowerManager.Hosts.HostRole;

namespace VmPowerManager.Plans;

/// <summary>Resolves a plan against the UPSes, hosts and guests as they are configured and were last seen.</summary>
public sealed class PlanModels(
    IUpsFeed upses,
    IHostFeed hosts,
    DurationDirectory durations,
    CanaryFeed? canaries = null,
    PlanDirectory? plans = null,
    IUpsPower? cuts = null
)
{
    public PlanModel Of(PlanEntry plan) => Of(plan.Id, plan.Revision, plan.Armed, plan.Definition);

    public PlanModel Of(int id, int revision, bool armed, PlanDefinition definition)
    {
        var steps = Core.Plans.PlanSteps.Targets(definition).ToList();
        var all = hosts.Hosts;
        var guests = all.SelectMany(h => h.Guests)
            .Where(g => steps.Any(t => t.GuestId is { } t2 && t2 == g.Id))
            .ToList();
        var hostIds = steps
            .Select(t => t.HostId ?? t.GuestsOf)
            .OfType<int>()
            .Concat(guests.Select(g => g.HostId))
            .ToHashSet();
        var (found, manager) = (hosts.ManagerPlace, ManagerOf(all, hosts.ManagerPlace));
        var used = all.Where(h => hostIds.Contains(h.Id)).ToList();
        var upsIds = definition
            .UpsIds.Concat(used.SelectMany(h => h.Supplies).Select(s => s.UpsId))
            .Concat(steps.Select(t => t.UpsId).OfType<int>())
            .ToHashSet();
        return new PlanModel
        {
            PlanId = id,
            Revision = revision,
            Armed = armed,
            Definition = definition,
            Upses = upses
                .Policies.Where(p => upsIds.Contains(p.UpsId))
                .ToImmutableSortedDictionary(p => p.UpsId, p => p),
            Witnesses = WitnessesOf(upsIds),
            Canaries = CanariesOf(definition),
            Hosts = used.ToImmutableSortedDictionary(h => h.Id, h => HostOf(h, manager, found)),
            Guests = guests.Select(GuestOf).ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal),
            Durations = durations.Of(KeysOf(id, definition, used)),
            Bystanders = Bystanders
                .Of(definition, [.. all.Where(h => !hostIds.Contains(h.Id))], plans?.Plans ?? [])
                .ToImmutableSortedDictionary(h => h.Id, h => HostOf(h, manager, found)),
            Controllers = used.SelectMany(h => h.Guests)
                .Where(g => g.ControlsHosts)
                .ToImmutableSortedDictionary(
                    g => GuestModel.KeyOf(g.Realm, g.ExternalId),
                    g => g.HostId,
                    StringComparer.Ordinal
                ),
            Servers = UpsServers.Of(upses.Policies.Where(p => upsIds.Contains(p.UpsId)), all),
        };
    }

    /// <summary>Whose durations may matter: hosts, all their guests, and what the plan's phases brought.</summary>
    private static HashSet<string> KeysOf(int id, PlanDefinition definition, List<HostSnapshot> used) =>
        [
            .. used.Select(h => TargetRef.HostKey(h.Id)),
            .. used.SelectMany(h => h.Guests).Select(g => GuestModel.KeyOf(g.Realm, g.ExternalId)),
            .. definition.Phases.Select(p => DurationDirectory.TargetOf(ShedMeasure.KeyOf(id, p.Id))),
        ];

    /// <summary>UPSes of other plans on the same circuits: they bear witness, and trigger nothing (A9).</summary>
    private ImmutableSortedDictionary<int, UpsPolicy> WitnessesOf(HashSet<int> upsIds)
    {
        var circuits = upses
            .Policies.Where(p => upsIds.Contains(p.UpsId))
            .Select(p => p.Circuit)
            .OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return upses
            .Policies.Where(p =>
                !upsIds.Contains(p.UpsId) && p is { Enabled: true, Circuit: { } c } && circuits.Contains(c)
            )
            .ToImmutableSortedDictionary(p => p.UpsId, p => p);
    }

    private ImmutableSortedDictionary<int, CanaryModel> CanariesOf(PlanDefinition definition) =>
        (canaries?.All.Value.Values ?? [])
            .Select(p => p.Canary)
            .Where(c => c.Enabled && definition.Canaries.Contains(c.Id))
            .ToImmutableSortedDictionary(
                c => c.Id,
                c => new CanaryModel
                {
                    Id = c.Id,
                    Name = c.Name,
                    UpsIds = [.. c.UpsIds],
                }
            );

    /// <summary>What is wrong with it, seen from what there is (F10).</summary>
    public IReadOnlyList<PlanProblem> Problems(PlanModel model) =>
        [
            .. PlanProblems.Find(model, upses.Latest.ToDictionary(o => o.UpsId, o => o.Reading)),
            .. ManagerProblems.Find(model, hosts.Hosts, hosts.ManagerPlace),
            .. OutputProblems.Find(model, plans?.Plans ?? [], id => cuts?.KnownCut(id)),
        ];

    /// <summary>The host that a person marked, else the one that this program was found on (C6).</summary>
    private static int? ManagerOf(IReadOnlyList<HostSnapshot> all, ManagerPlace? found) =>
        all.FirstOrDefault(h => h.RunsManager)?.Id ?? found?.HostId;

    private static HostModel HostOf(HostSnapshot host, int? manager, ManagerPlace? found) =>
        new()
        {
            Id = host.Id,
            Name = host.Name,
            Rank = host switch
            {
                _ when host.Id == manager => HostRank.Manager,
                { Role: HostRole.Network } => HostRank.Network,
                { Role: HostRole.Storage } => HostRank.Storage,
                _ => HostRank.Ordinary,
            },
            Supplies = [.. host.Supplies.Select(s => new Supply(s.UpsId, s.PowerValue))],
            MinSupplies = host.MinSupplies,
            MaxParallelGuests = host.MaxParallelGuests,
            WakeMethods = [.. host.WakeMethods],
            AddressName =
                host.Address is { } address && Uri.CheckHostName(address) == UriHostNameType.Dns ? address : null,
            OffSilenceSeconds = host.OffSilenceSeconds,
            HasWitness = !string.IsNullOrEmpty(host.Witness),
            HasGuests = host.Capabilities.HasFlag(HostCapabilities.Guests),
            ManagerGuestKey =
                found is { Realm: { } realm, ExternalId: { } guest } && found.HostId == host.Id
                    ? GuestModel.KeyOf(realm, guest)
                    : null,
        };

    private static GuestModel GuestOf(GuestSnapshot guest) =>
        new()
        {
            Realm = guest.Realm,
            ExternalId = guest.ExternalId,
            Id = guest.Id,
            Name = guest.Name,
            HostId = guest.HostId,
            Priority = guest.Priority,
        };

    /// <summary>The engine's word for a platform's state.</summary>
    public static PowerState PowerOf(GuestState state) =>
        state switch
        {
            GuestState.Running => PowerState.Running,
            GuestState.Paused => PowerState.Paused,
            GuestState.Saved => PowerState.Saved,
            GuestState.Off => PowerState.Off,
            _ => PowerState.Unknown,
        };
}
