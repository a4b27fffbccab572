namespace VmPowerManager.Lab.Redfish;

/// <summary>A machine behind a stand-in of a Redfish service. What it is told takes effect later, if at all.</summary>
public sealed class FakeSystem(string id)
{
    private readonly Lock _gate = new();
    private string _power = "On";
    private int _orders;

    public string Id => id;
    public string Name { get; init; } = $"node-{id}";
    public string SystemType { get; init; } = "Physical";
    public string? RestorePolicy { get; set; } = "LastState";

    /// <summary>Null: it does not name them.</summary>
    public string[]? Allows { get; set; } =
    ["On", "ForceOff", "GracefulShutdown", "GracefulRestart", "ForceRestart", "PushPowerButton"];

    /// <summary>What it allows is told by a resource of its own in place of the annotation.</summary>
    public bool ByActionInfo { get; set; }

    /// <summary>It answers 204 to whatever it is asked, and does nothing about what it does not know.</summary>
    public bool SaysYesToAll { get; set; }

    /// <summary>It accepts, and nothing happens.</summary>
    public bool Stuck { get; set; }

    /// <summary>Its system does not heed the power button.</summary>
    public bool IgnoresSoft { get; set; }
    public TimeSpan OffTakes { get; set; } = TimeSpan.FromMilliseconds(300);
    public TimeSpan OnTakes { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Each ResetType that was asked for.</summary>
    public List<string> Told { get; } = [];

    public string Power
    {
        get
        {
            lock (_gate)
                return _power;
        }
        set
        {
            lock (_gate)
                (_power, _orders) = (value, _orders + 1);
        }
    }

    /// <summary>False: it does not know that.</summary>
    public bool Take(string type)
    {
        lock (_gate)
            Told.Add(type);
        if (Allows is { } allows && !allows.Contains(type))
            return SaysYesToAll;
        switch (type)
        {
            case "On" or "ForceOn":
                Go("Off", "PoweringOn", OnTakes, "On");
                break;
            case "ForceOff":
                Go(null, "PoweringOff", OffTakes, "Off");
                break;
            case "GracefulShutdown" when !IgnoresSoft:
                Go("On", "On", OffTakes, "Off");
                break;
            case "PushPowerButton" when Power == "Off":
                Go("Off", "PoweringOn", OnTakes, "On");
                break;
            case "PushPowerButton" when !IgnoresSoft:
                Go("On", "PoweringOff", OffTakes, "Off");
                break;
        }
        return true;
    }

    private void Go(string? from, string meanwhile, TimeSpan takes, string to)
    {
        int order;
        lock (_gate)
        {
            if (Stuck || (from is not null && _power != from))
                return;
            (_power, order) = (meanwhile, ++_orders);
        }
        _ = Task.Run(async () =>
        {
            await Task.Delay(takes, TimeProvider.System);
            lock (_gate)
                if (_orders == order)
                    _power = to;
        });
    }
}
