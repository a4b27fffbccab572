using System.Net;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A stand-in for a PDU: APC's older table of outlets or its newer one, which count the states the other way round; or
/// its oldest, of MasterSwitch, which NUT's driver speaks. An order takes effect when the card gets to it.</summary>
internal sealed class FakePdu : ISnmpObjects, IAsyncDisposable
{
    public const string Community = "canary-write";
    private const string Apc = "1.3.6.1.4.1.318.1.1.";
    private readonly Oid _state;
    private readonly Oid _command;
    private readonly int _isOn;
    private readonly SnmpAgent _agent;
    private readonly Dictionary<Oid, SnmpValue> _others;
    private int _late;

    public FakePdu(bool newer)
        : this(newer ? "26.9.2.3.1.5" : "12.3.5.1.1.4", newer ? "26.9.2.4.1.5" : "12.3.3.1.1.4", newer ? 2 : 1) { }

    private FakePdu(string state, string command, int isOn, params (string Name, SnmpValue Value)[] others)
    {
        _others = others.ToDictionary(o => Oid.Parse(Apc + o.Name), o => o.Value);
        _isOn = isOn;
        _state = Oid.Parse(Apc + state);
        _command = Oid.Parse(Apc + command);
        var access = new SnmpAgentAccess { ReadCommunity = "public", WriteCommunity = Community };
        _agent = SnmpAgent.Start(new IPEndPoint(IPAddress.Loopback, 0), this, access, TimeProvider.System);
    }

    /// <summary>sPDUOutletCtl both tells and takes. NUT's driver asks for the model, the number of outlets and the number of
    /// each.</summary>
    public static FakePdu MasterSwitch() =>
        new(
            "4.4.2.1.3",
            "4.4.2.1.3",
            1,
            [
                ("4.1.4.0", SnmpValue.OfText("AP9606")),
                ("4.4.1.0", SnmpValue.OfInteger(8)),
                .. Enumerable.Range(1, 8).Select(n => ($"4.4.2.1.1.{n}", SnmpValue.OfInteger(n))),
            ]
        );

    public int Port => _agent.EndPoint.Port;

    /// <summary>Outlets 1 to 8.</summary>
    public bool[] On { get; } = [true, true, true, true, true, true, true, true];

    /// <summary>Orders, as <c>5=2</c>.</summary>
    public List<string> Told { get; } = [];

    /// <summary>It accepts, and does nothing.</summary>
    public bool Stuck { get; set; }

    /// <summary>Looks that an order takes to show.</summary>
    public int Slow { get; init; } = 2;
    private Action? Pending { get; set; }

    public bool IsSilent { get; set; }

    public SnmpValue? Find(Oid name)
    {
        for (uint n = 1; n <= On.Length; n++)
            if (name == _state.Append(n))
            {
                if (_late > 0 && --_late == 0)
                    Pending?.Invoke();
                return SnmpValue.OfInteger(On[n - 1] ? _isOn : 3 - _isOn);
            }
        return _others.GetValueOrDefault(name);
    }

    public SnmpVariable? Next(Oid name) => null;

    public (SnmpErrorStatus Status, int Index) Set(IReadOnlyList<SnmpVariable> values)
    {
        foreach (var (name, value) in values)
            for (uint n = 1; n <= On.Length; n++)
                if (name == _command.Append(n))
                    Order(n, (int)value.Integer);
        return (SnmpErrorStatus.NoError, 0);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private void Order(uint number, int command)
    {
        Told.Add($"{number}={command}");
        if (Stuck || command is not (1 or 2))
            return;
        var before = Pending;
        Pending = () =>
        {
            before?.Invoke();
            On[number - 1] = command == 1;
        };
        _late = Slow;
    }
}
