namespace VmPowerManager.Protocols.Redfish;

/// <summary>A ComputerSystem resource, as far as its power goes.</summary>
/// <param name="Path">Its address on the controller.</param>
/// <param name="RestorePolicy">What it does when mains comes back: <c>AlwaysOn</c>, <c>AlwaysOff</c>, <c>LastState</c>; null: not
/// told.</param>
public sealed record RedfishSystem(string Path, string Id, RedfishPower Power, string? RestorePolicy)
{
    /// <summary>Other names that it goes by: name, host name, serial number, UUID.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Physical, Virtual, DPU ...; null: not told.</summary>
    public string? Type { get; init; }

    /// <summary>Manufacturer and model, for people.</summary>
    public string? Model { get; init; }

    /// <summary>Where resets are asked for; null: it cannot be reset.</summary>
    public string? ResetPath { get; init; }

    /// <summary>The reset types that it names; null: it names none (then <see cref="ActionInfoPath"/> may).</summary>
    public IReadOnlyList<string>? ResetTypes { get; init; }
    public string? ActionInfoPath { get; init; }

    /// <summary>Of the machine; null: not told.</summary>
    public string? Uuid { get; init; }

    internal bool IsAt(string name) =>
        string.Equals(Id, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(Path.TrimEnd('/'), name.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    internal bool Is(string name) => IsAt(name) || Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}

/// <summary>PowerState of a ComputerSystem.</summary>
public enum RedfishPower
{
    Unknown,
    On,
    Off,
    PoweringOn,
    PoweringOff,
}

public enum RedfishVerb
{
    On,

    /// <summary>Asks the system; it may ignore it, and the controller says yes all the same.</summary>
    SoftOff,
    HardOff,
}
