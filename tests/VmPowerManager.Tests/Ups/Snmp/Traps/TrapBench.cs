using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Snmp.Traps;

namespace VmPowerManager.Tests.Ups.Snmp.Traps;

/// <summary>A listener on a free port, with SNMP UPSes that count how often they are to be read.</summary>
internal sealed class TrapBench : IAsyncDisposable
{
    private readonly TrapListener _listener;
    private readonly ConcurrentDictionary<int, int> _polls = [];

    public TrapBench(TimeProvider? time = null)
    {
        Events = new EventLog(TimeProvider.System);
        News = new UpsNews(Events, TimeProvider.System);
        _listener = new TrapListener(
            new TrapPort(0),
            News,
            time ?? TimeProvider.System,
            NullLogger<TrapListener>.Instance
        );
    }

    public EventLog Events { get; }
    public UpsNews News { get; }
    public IPEndPoint To => new(IPAddress.Loopback, _listener.Bound?.Port ?? 0);

    public int Polls(int upsId) => _polls.GetValueOrDefault(upsId);

    /// <summary>Traps that were of nobody.</summary>
    public int Strangers => Events.Latest().Count(e => e.Type == "ups.trapUnmatched");

    public TrapBench Add(int id, object settings, params (string Key, string Value)[] secrets)
    {
        var json = JsonSerializer.SerializeToElement(settings);
        var device = new UpsDevice(
            id,
            $"ups{id}",
            json,
            secrets.ToDictionary(s => $"snmp.{s.Key}", s => s.Value, StringComparer.Ordinal)
        );
        var config = new UpsConfig(device, "snmp", new UpsPolicy { UpsId = id, Name = device.Name });
        News.List(config, () => _polls.AddOrUpdate(id, 1, (_, count) => count + 1), () => { });
        return this;
    }

    public async Task<TrapBench> StartAsync()
    {
        await _listener.StartAsync(default);
        await Soon.BecomesTrueAsync(() => Task.FromResult(_listener.Bound is not null), "the listener listens");
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(default);
        _listener.Dispose();
    }
}
