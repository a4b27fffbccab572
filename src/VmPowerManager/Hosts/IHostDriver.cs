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

    /// <summary>Those of <see cref="Blocks"/> of which one has to be set; all others are optional. The first one, unless a
    /// platform knows several ways in.</summary>
    IReadOnlyList<string> NeedsOneOf => [Blocks[0]];

    /// <summary>The blocks whose address is the machine's own, the surest first: there it is looked for life (POLICY C4).</summary>
    IReadOnlyList<string> OwnAddress => Blocks;

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

    /// <summary>What <see cref="PrepareAsync"/> knows.</summary>
    IReadOnlyList<string> Preparations => [];

    /// <summary>Those of <see cref="Preparations"/> that are done to all of its realm: each host there can undo them.</summary>
    IReadOnlyList<string> SharedPreparations => [];

    /// <summary>Does what a plan prepares the host by, and waits until it is done; <see cref="UndoAsync"/> undoes it (POLICY
    /// C10). Must bear to be asked for what is done already.</summary>
    /// <param name="rehearse">Only looks whether it could.</param>
    /// <returns>What was done, in words.</returns>
    Task<string> PrepareAsync(HostDevice host, string kind, bool rehearse, CancellationToken ct) =>
        throw new DeviceException(DeviceFault.Unsupported, $"This platform does not know how to do {kind}.");

    /// <summary>What <see cref="PrepareAsync"/> would do is so already, by somebody else's doing: then it is not ours to
    /// undo.</summary>
    Task<bool> IsPreparedAsync(HostDevice host, string kind, CancellationToken ct) => Task.FromResult(false);

    /// <summary>Undoes what a step of this platform did (POLICY C10). Must bear to be asked for what is undone already.</summary>
    Task UndoAsync(HostDevice host, string kind, CancellationToken ct) =>
        throw new DeviceException(DeviceFault.Unsupported, $"This platform does not know how to undo {kind}.");

    /// <summary>What reads the commands of <c>RunCommandAsync</c> there.</summary>
    CommandShell ShellOf(HostDevice host) => CommandShell.Posix;

    /// <summary>Runs a command of the user's on the host and gives its words back; a non-zero exit is Refused.</summary>
    Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct);

    /// <summary>As the other, with what the command reads: a secret that its arguments must not show.</summary>
    Task<string> RunCommandAsync(HostDevice host, string command, string input, CancellationToken ct) =>
        throw new DeviceException(
            DeviceFault.Unsupported,
            "This platform's commands cannot be given a secret to read."
        );
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

    /// <summary>There is none: the guest is asked by ACPI.</summary>
    Absent,

    /// <summary>The platform is told that there is one, asks nobody else, and gets no answer.</summary>
    Silent,
}

/// <summary>A guest as the platform tells it. Its identity is (<see cref="HostInventory.Realm"/>, <see cref="ExternalId"/>) (C5).</summary>
public sealed record GuestSighting(string ExternalId, string Name, GuestKind Kind, GuestState State, AgentState Agent)
{
    /// <summary>Hosts are spoken to through it (a vCenter); null: this listing does not say.</summary>
    public bool? ControlsHosts { get; init; }
}

/// <summary>All guests of one host at one moment.</summary>
/// <param name="Realm">What guest ids are unique in: cluster, vCenter, libvirt host UUID. Empty: the one that it had when it
/// was last told; who tells now does not know.</param>
/// <param name="WholeRealm">False: the realm has more than is listed here, so that what is missing may run elsewhere (C5).
/// Null: it is whole where no other managed host shares it.</param>
/// <param name="NotReady">The host is up, and cannot start guests now: why (E4).</param>
public sealed record HostInventory(
    string Realm,
    IReadOnlyList<GuestSighting> Guests,
    bool? WholeRealm = null,
    string? NotReady = null
)
{
    /// <summary>What the platform itself is set to do with power, read and never changed; null: it was not asked for.</summary>
    public IReadOnlyList<HostFact>? Facts { get; init; }

    /// <summary>Guests that the platform forces off by itself once they were asked to shut down, by their ids; null: it was not
    /// asked for.</summary>
    public IReadOnlyDictionary<string, PlatformForce>? Forced { get; init; }
}

/// <summary>The platform's high availability forces a guest off, whatever a plan's ladder says.</summary>
/// <param name="AfterSeconds">From the moment that it was asked.</param>
/// <param name="Unless">The preparation that keeps it from that (<see cref="IHostDriver.Preparations"/>); null: there is none.</param>
public sealed record PlatformForce(int AfterSeconds, string? Unless);

/// <summary>Something to know of a host: <c>Starts with the host</c>, <c>web01, db01</c>. The name is plain English and a key
/// of the strings; the value is the host's own.</summary>
public sealed record HostFact(string Name, string Value);

/// <summary>A host as its driver needs it: settings blocks (<c>ssh</c>, <c>https</c> ...) and secrets, in clear.
/// Secret names are the API's, prefixed by their block: <c>ssh.password</c>.</summary>
public sealed record HostDevice(
    int Id,
    string Name,
    System.Text.Json.JsonElement Settings,
    IReadOnlyDictionary<string, string> Secrets
)
{
    /// <summary>Guests that were last seen on it, also by earlier processes: what a listing leaves out may be hidden rather than
    /// gone (C5). Empty for settings that are not saved.</summary>
    public IReadOnlyList<KnownGuest> Known { get; init; } = [];
}

/// <summary>A guest that was seen before; it may be long gone.</summary>
public sealed record KnownGuest(string Realm, string ExternalId, string Name, GuestKind Kind, DateTimeOffset SeenAt);
