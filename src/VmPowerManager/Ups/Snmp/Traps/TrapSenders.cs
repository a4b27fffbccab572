using System.Net;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp.Traps;

/// <summary>Whose trap it is. The address it came from counts first; behind NAT or a container's bridge, where all come
/// from one, the address that the agent names, then the v3 engine and user, then the community. What fits several UPSes
/// is news of each: a poll too many harms nothing. One thread.</summary>
internal sealed class TrapSenders(UpsNews news, TimeProvider time)
{
    private const int MostAtOnce = 16;
    private const int MaxEngines = 1024;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, int> _engines = [];
    private IReadOnlyCollection<UpsPolled> _of = [];
    private IReadOnlyList<TrapSender> _senders = [];
    private TimeSpan? _resolvedAt;
    private Task<TrapSender[]>? _resolving;

    /// <summary>The v3 users of all of them.</summary>
    public IReadOnlyCollection<SnmpUser> Users => [.. _senders.Select(s => s.User).OfType<SnmpUser>().Distinct()];

    /// <summary>Takes over what has changed; names are resolved beside it.</summary>
    /// <returns>Whether the UPSes are others now.</returns>
    public bool Refresh(CancellationToken ct)
    {
        var polled = news.Polled;
        var changed = !ReferenceEquals(polled, _of);
        if (changed)
        {
            _of = polled;
            _senders = [.. polled.Where(p => p.Driver == SnmpSettings.Block).Select(Sender)];
            _resolving = null;
            _resolvedAt = null;
        }
        if (_resolving is { IsCompleted: true } done)
        {
            if (done.IsCompletedSuccessfully)
                _senders = done.Result;
            _resolving = null;
        }
        if (_resolving is null && !(time.Elapsed() - _resolvedAt < Fresh))
        {
            _resolvedAt = time.Elapsed();
            _resolving = Task.WhenAll(_senders.Select(s => s.ResolvedAsync(ct)));
            if (_resolving.IsCompletedSuccessfully)
                _senders = _resolving.Result;
        }
        return changed;
    }

    public bool Knows(IPAddress source) => _senders.Any(s => s.Addresses.Contains(source));

    /// <summary>The UPSes that it is news of; none: a stranger's.</summary>
    public IReadOnlyList<TrapSender> Match(SnmpNotification notification, IPAddress source)
    {
        var matched = By(s => s.Addresses.Contains(source));
        if (matched.Count == 0 && notification.AgentAddress is { } agent)
            matched = By(s => s.Addresses.Contains(agent));
        if (matched.Count != 1)
            matched = Narrowed(matched, notification);
        if (matched.Count == 1 && notification.EngineId is { } engine)
            Remember(engine, matched[0]);
        return matched.Count <= MostAtOnce ? matched : [];
    }

    /// <summary>By what the notification bears. Of several at one address, whoever has a trap community of its own is as
    /// likely as the others.</summary>
    private List<TrapSender> Narrowed(List<TrapSender> near, SnmpNotification notification)
    {
        IReadOnlyList<TrapSender> among = near.Count > 0 ? near : _senders;
        if (
            notification.EngineId is { } engine
            && _engines.TryGetValue(engine, out var upsId)
            && among.FirstOrDefault(s => s.UpsId == upsId) is { } known
        )
            return [known];
        List<TrapSender> fitting = [.. among.Where(s => IsOf(s, notification))];
        return fitting.Count > 0 ? fitting : near;
    }

    private static bool IsOf(TrapSender sender, SnmpNotification notification) =>
        notification.User is { } user
            ? sender.User == user
            : sender.Endpoint.Version is not SnmpVersion.V3 && sender.Endpoint.Community == notification.Community;

    private List<TrapSender> By(Func<TrapSender, bool> fits) => [.. _senders.Where(fits)];

    private void Remember(string engine, TrapSender sender)
    {
        if (_engines.Count >= MaxEngines)
            _engines.Clear();
        _engines[engine] = sender.UpsId;
    }

    private static TrapSender Sender(UpsPolled polled)
    {
        var device = polled.Device;
        var endpoint = SnmpSettings.From(device.Settings).Endpoint(device.Secrets);
        var address = IPAddress.TryParse(endpoint.Host, out var literal) ? literal : null;
        return new TrapSender(device.Id, device.Name, endpoint) { Addresses = address is null ? [] : [address] };
    }
}
