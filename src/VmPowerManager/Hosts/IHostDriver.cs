using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Speaks to one platform. All calls throw <see cref="DeviceException"/>; time limits come from
/// <see cref="IHostPower"/>. Settings come in with every call, so an edit works at the next one.</summary>
public interface IHostDriver
{
    /// <summary>The API's <c>platform</c>: <c>libvirt</c>, <c>ssh</c> ...</summary>
    string Platform { get; }

    /// <summary>The settings blocks of the API that this platform reads: <c>ssh</c>, <c>https</c> ...</summary>
    IReadOnlyList<string> Blocks { get; }

    HostCapabilities Capabilities { get; }

    /// <summary>Can I log in, may I do what a plan needs: the same calls as the real run makes, without effect.
    /// Steps in order, stopping where the next one makes no sense.</summary>
    Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct);

    /// <summary>All guests of the host with their states, in one call. A platform without guests answers an empty list.
    /// An answer proves that the host is up.</summary>
    Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct);

    /// <summary>As <see cref="GetStatesAsync"/>, with what costs more to learn: agent states.</summary>
    Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct);

    /// <summary>Asks a guest. Returning means that the platform accepted, nothing more (POLICY C3).</summary>
    Task GuestPowerAsync(HostDevice host, string externalId, GuestVerb verb, ShutdownVia? via, CancellationToken ct);

    /// <summary>Asks the host itself to shut down or reboot. Returning means that it accepted.</summary>
    Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct);

    /// <summary>Undoes what a step of this platform did (POLICY C10). Must bear to be asked for what is undone already.</summary>
    Task UndoAsync(HostDevice host, string kind, CancellationToken ct) =>
        throw new DeviceException(DeviceFault.Unsupported, $"This platform does not know how to undo {kind}.");

    /// <summary>Runs a command of the user's on the host and gives its words back; a non-zero exit is Refused.</summary>
    Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct);
}

[Flags]
public enum HostCapabilities
{
    None = 0,
    Guests = 1,
    GuestSave = 2,
    GuestAgent = 4,
    HostShutdown = 8,
    Commands = 16,
}

public enum GuestVerb
{
    Shutdown,
    Save,
    ForceOff,
    Start,
    Reboot,
    Resume,
}

public enum ShutdownVia
{
    Acpi,
    Agent,
}

public enum HostVerb
{
    Shutdown,
    Reboot,
}

public enum GuestState
{
    Unknown,
    Running,
    Paused,
    Saved,
    Off,
}

public enum GuestKind
{
    Vm,
    Container,
}

public enum AgentState
{
    Unknown,
    Running,
    Absent,
}

/// <summary>A guest as the platform tells it. Its identity is (<see cref="HostInventory.Realm"/>, <see cref="ExternalId"/>) (C5).</summary>
public sealed record GuestSighting(string ExternalId, string Name, GuestKind Kind, GuestState State, AgentState Agent);

/// <summary>All guests of one host at one moment.</summary>
/// <param name="Realm">What guest ids are unique in: cluster, vCenter, libvirt host UUID.</param>
public sealed record HostInventory(string Realm, IReadOnlyList<GuestSighting> Guests);

public enum HostCheckState
{
    Ok,
    Warning,
    Failed,
}

public sealed record HostCheck(string Name, HostCheckState State, string Detail);

/// <summary>Outcome of a probe. The fingerprints are what the peer showed, for a person to approve.</summary>
public sealed record HostProbe(
    IReadOnlyList<HostCheck> Checks,
    string? HostKeyFingerprint = null,
    string? CertificateFingerprint = null
)
{
    public bool Ok => Checks.All(c => c.State != HostCheckState.Failed);

    /// <summary>The check that kept us out: behind it there was nothing more to learn. Null: we were in.</summary>
    internal HostCheck? Blocked =>
        Checks.FirstOrDefault(c => c is { State: HostCheckState.Failed, Name: "connect" or "hostKey" or "login" });

    /// <summary>A probe that did not even end is one whose connection failed.</summary>
    internal static HostProbe Of(DeviceOutcome<HostProbe> outcome) =>
        outcome.Value ?? new([new("connect", HostCheckState.Failed, outcome.Words ?? "no answer")]);
}

/// <summary>A host as its driver needs it: settings blocks (<c>ssh</c>, <c>https</c> ...) and secrets, in clear.
/// Secret names are the API's, prefixed by their block: <c>ssh.password</c>.</summary>
public sealed record HostDevice(
    int Id,
    string Name,
    System.Text.Json.JsonElement Settings,
    IReadOnlyDictionary<string, string> Secrets
);
