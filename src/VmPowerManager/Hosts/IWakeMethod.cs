using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Wakes a host by one way. Throws <see cref="DeviceException"/>; time limits come from
/// <see cref="IHostPower"/>.</summary>
public interface IWakeMethod
{
    /// <summary>The API's <c>method</c>: <c>wol</c> ...</summary>
    string Method { get; }

    /// <summary>What stands in the way here, of whatever host, in words; null: nothing that is known.</summary>
    Sentence? Trouble => null;

    /// <summary>Asks for it. Returning means that it was accepted or sent; whether the host wakes is seen by its
    /// answers (POLICY E4).</summary>
    /// <returns>What was done, in words.</returns>
    Task<string> WakeAsync(WakeDevice host, CancellationToken ct);

    /// <summary>Would it work: the same calls as waking makes, without effect. What fails is among the checks.</summary>
    Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct);
}

/// <summary>A wake method that is a management controller: it knows whether the machine has power, and takes it as well.</summary>
public interface IBmc : IWakeMethod
{
    Task<BmcState> StateAsync(WakeDevice host, CancellationToken ct);

    /// <summary>Returning means that the controller accepted, nothing more.</summary>
    Task SwitchAsync(WakeDevice host, BmcVerb verb, CancellationToken ct);

    /// <summary>It has the machine's mains, not the machine: all of a host's are one (each supply of it has its own), "off" is
    /// proof only of all of them, and "on" says nothing.</summary>
    bool IsOutlet => false;
}

public enum BmcVerb
{
    On,

    /// <summary>As a press of the power button: the system may ignore it.</summary>
    SoftOff,
    HardOff,
}

public enum BmcPower
{
    Unknown,
    On,
    Off,
    PoweringOn,
    PoweringOff,
}

/// <summary>What a machine does by itself when it gets power again.</summary>
public enum RestorePolicy
{
    Unknown,
    StaysOff,

    /// <summary>As it was: one that was shut down before stays off.</summary>
    LastState,
    TurnsOn,
}

/// <summary>What a management controller says of its machine.</summary>
public sealed record BmcState(BmcPower Power, RestorePolicy Policy);

/// <summary>A host as a wake method needs it.</summary>
/// <param name="Relay">The host that sends in our place, where one is named.</param>
public sealed record WakeDevice(string Name, WakeSettings Settings, string? Password, WakeRelay? Relay = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{Name} by {Settings.Method}";

    /// <summary>The host itself, where it runs commands: for a look at its network card; null: it is not asked.</summary>
    public WakeRelay? Itself { get; init; }

    /// <summary>This program runs on it: nobody but its own firmware wakes it.</summary>
    public bool RunsManager { get; init; }
}

/// <summary>Another managed host that does something for a wake method.</summary>
/// <param name="RunAsync">Runs a command there, as
/// <see cref="IHostDriver.RunCommandAsync(HostDevice, string, CancellationToken)"/>.</param>
public sealed record WakeRelay(string Name, Func<string, CancellationToken, Task<string>> RunAsync)
{
    /// <summary>The same with what the command reads; null: it cannot.</summary>
    public Func<string, string, CancellationToken, Task<string>>? RunWithAsync { get; init; }
}

/// <summary>What a probe of one wake method found.</summary>
/// <param name="HasPower">As its controller says; null: it has none, or that does not say.</param>
public sealed record WakeProbe(IReadOnlyList<HostCheck> Checks, bool? HasPower = null)
{
    public string? CertificateFingerprint { get; init; }

    /// <summary>Of the machine that the controller belongs to, in whatever order of bytes; null: not told.</summary>
    public string? MachineUuid { get; init; }
}
