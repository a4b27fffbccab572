using System.Net;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Ups.Simulator;

/// <summary>The traps of RFC 1628 for one simulated UPS: on battery (again every minute), a test done, an alarm added or
/// removed.</summary>
internal sealed class SimulatorTraps(SimulatedDevice device, EndPoint receiver) : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private static readonly Oid Traps = Rfc1628.Mib.Append(2);

    private readonly SnmpTrapSender _sender = new(receiver, "public");
    private SimulatedUps _before = device.Now;
    private TimeSpan _told;

    /// <summary>Sends what the time since the last call brought. A card that hears nothing says nothing either.</summary>
    public async Task SendAsync(CancellationToken ct)
    {
        var (before, now) = (_before, device.Now);
        _before = now;
        if (now.Link != SimulatedLink.Ok)
            return;
        if (now.IsOnBattery && (!before.IsOnBattery || now.Uptime - _told >= Again))
        {
            _told = now.Uptime;
            await SendAsync(now, 1, [(1, 2, 3), (1, 2, 2), (1, 9, 7)], ct);
        }
        if (before.Test != SimulatedTest.None && now.Test == SimulatedTest.None)
            await SendAsync(now, 2, [(1, 7, 1), (1, 7, 2), (1, 7, 3)], ct);
        foreach (var (number, isPresent) in Rfc1628.KnownAlarms)
        {
            if (isPresent(before) == isPresent(now))
                continue;
            SnmpVariable alarm = new(
                Rfc1628.Mib.Append(1, 6, 2, 1, 2, number),
                SnmpValue.OfObjectId(Rfc1628.Mib.Append(1, 6, 3, number))
            );
            await _sender.SendAsync(Traps.Append(isPresent(now) ? 3u : 4u), now.Uptime, [alarm], ct);
        }
    }

    public void Dispose() => _sender.Dispose();

    private Task SendAsync(SimulatedUps now, uint trap, (uint, uint, uint)[] objects, CancellationToken ct)
    {
        var state = new Rfc1628State(device.Key, now, 0);
        var variables = objects
            .Select(o => Rfc1628.Mib.Append(o.Item1, o.Item2, o.Item3, 0))
            .Select(name => Rfc1628.Find(name)?.Read(state) is { } value ? new SnmpVariable(name, value) : null)
            .OfType<SnmpVariable>();
        return _sender.SendAsync(Traps.Append(trap), now.Uptime, [.. variables], ct);
    }
}
