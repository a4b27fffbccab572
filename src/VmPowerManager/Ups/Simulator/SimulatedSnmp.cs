using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Ups.Simulator;

/// <summary>A simulated UPS behind a card that speaks RFC 1628 and the system group.</summary>
internal sealed class SimulatedSnmp(SimulatedDevice device) : ISnmpObjects
{
    private int _spinLock;

    public bool IsSilent => device.Now.Link != SimulatedLink.Ok;

    public SnmpValue? Find(Oid name) => Rfc1628.Find(name)?.Read(State);

    public SnmpVariable? Next(Oid name)
    {
        var at = Rfc1628.Index(name);
        var state = State;
        for (at = at >= 0 ? at + 1 : ~at; at < Rfc1628.Objects.Length; at++)
        {
            if (Rfc1628.Objects[at] is var next && next.Read(state) is { } value)
                return new SnmpVariable(next.Name, value);
        }
        return null;
    }

    public (SnmpErrorStatus Status, int Index) Set(IReadOnlyList<SnmpVariable> values)
    {
        // Tried on a copy: all of them or none.
        var ups = device.Now;
        var spinLock = _spinLock;
        for (var i = 0; i < values.Count; i++)
        {
            var (name, value) = values[i];
            if (Rfc1628.Find(name) is not { } target || target.Read(State) is not { } before)
                return (SnmpErrorStatus.NoCreation, i + 1);
            if (target.Write is not { } write)
                return (SnmpErrorStatus.NotWritable, i + 1);
            if (before.Type != value.Type)
                return (SnmpErrorStatus.WrongType, i + 1);
            if (name == Rfc1628.SpinLock)
            {
                if (value.Integer != spinLock)
                    return (SnmpErrorStatus.InconsistentValue, i + 1);
                spinLock++;
            }
            else if (write(ups, value) is { } after)
                ups = after;
            else
                return (SnmpErrorStatus.WrongValue, i + 1);
        }
        var done = ups;
        device.Set(_ => done);
        _spinLock = spinLock & int.MaxValue;
        return (SnmpErrorStatus.NoError, 0);
    }

    private Rfc1628State State => new(device.Key, device.Now, _spinLock);
}
