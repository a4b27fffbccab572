using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;

namespace VmPowerManager.Plans.Pages;

/// <summary>What a plan can name, as the editor shows it: UPSes, hosts and their guests as last seen. Immutable.</summary>
public sealed class EditorWorld(IEnumerable<UpsStreamView> upses, IEnumerable<HostSnapshot> hosts)
{
    private readonly Dictionary<int, GuestSnapshot> _guests = [];
    private readonly Dictionary<int, HostSnapshot> _hosts = hosts.ToDictionary(h => h.Id);

    public static EditorWorld Empty { get; } = new([], []);

    public ImmutableArray<UpsStreamView> Upses { get; } =
    [.. upses.OrderBy(u => u.Name, StringComparer.OrdinalIgnoreCase)];

    public IEnumerable<HostSnapshot> Hosts => _hosts.Values.OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase);

    public UpsStreamView? Ups(int id) => Upses.FirstOrDefault(u => u.Id == id);

    public HostSnapshot? Host(int? id) => id is { } known ? _hosts.GetValueOrDefault(known) : null;

    public GuestSnapshot? Guest(int? id)
    {
        if (_guests.Count == 0)
        {
            foreach (var guest in _hosts.Values.SelectMany(h => h.Guests).Where(g => g.Id is not null))
                _guests[guest.Id ?? 0] = guest;
        }
        return id is { } known ? _guests.GetValueOrDefault(known) : null;
    }

    /// <summary>The host that a target is, or is on.</summary>
    public HostSnapshot? HostOf(TargetDefinition target) =>
        Host(target.HostId ?? target.GuestsOf ?? Guest(target.GuestId)?.HostId);

    /// <summary>Its name, or null when there is no such thing any more.</summary>
    public string? NameOf(TargetDefinition target) =>
        target switch
        {
            { GuestId: { } guest } => Guest(guest)?.Name,
            { HostId: { } host } => Host(host)?.Name,
            { GuestsOf: { } host } => Host(host)?.Name,
            { UpsId: { } ups } => Ups(ups)?.Label,
            _ => null,
        };

    /// <summary>Changes when something changes that the editor shows: names, states, what a UPS reports.</summary>
    public static string Signature(IEnumerable<UpsStreamView> upses) =>
        string.Join(
            '\n',
            upses.Select(u =>
                $"{u.Id} {u.Name} {u.Enabled} {u.Reading?.Comm} {u.Reading?.OnBattery} {u.Reading?.BatteryChargePercent is null} {u.Reading?.BatteryRuntimeSeconds is null}"
            )
        );

    /// <inheritdoc cref="Signature(IEnumerable{UpsStreamView})"/>
    public static string Signature(IEnumerable<HostSnapshot> hosts) =>
        string.Join(
            '\n',
            hosts.Select(h =>
                $"{h.Id} {h.Name} {h.Role} {h.RunsManager} {h.Fault is null} {h.RefreshedAt is null} "
                + string.Join(',', h.Guests.Select(g => $"{g.Id} {g.Name} {g.State}"))
            )
        );
}
