namespace VmPowerManager.Hosts;

/// <summary>A host as the API answers it: configuration without secrets, and what was last seen.</summary>
public sealed record HostView
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Platform { get; init; }
    public required HostRole Role { get; init; }
    public required bool RunsManager { get; init; }
    public required IReadOnlyList<HostSupply> Supplies { get; init; }
    public required double? MinSupplies { get; init; }
    public required int MaxParallelGuests { get; init; }
    public required string? Witness { get; init; }
    public required int OffSilenceSeconds { get; init; }
    public required SshView? Ssh { get; init; }
    public HttpsView? Https { get; init; }
    public HttpsView? Direct { get; init; }
    public WinrmView? Winrm { get; init; }
    public required IReadOnlyList<WakeView> Wake { get; init; }

    /// <summary>What guest ids are unique in; null before the first complete refresh.</summary>
    public required string? Realm { get; init; }

    /// <summary>When all its guests were last seen.</summary>
    public required DateTimeOffset? RefreshedAt { get; init; }

    /// <summary>Why the newest refresh failed, in the peer's words.</summary>
    public required string? Fault { get; init; }
    public required int GuestCount { get; init; }

    /// <summary>What its platform is set to do with power, as last seen.</summary>
    public IReadOnlyList<HostFact> Facts { get; init; } = [];
}

/// <summary>On which host this program runs.</summary>
/// <param name="DeclaredHostId">The host that a person marked; it counts more than what was found.</param>
/// <param name="Found">Null: on none of the hosts, as far as they tell.</param>
public sealed record ManagerView(int? DeclaredHostId, ManagerPlace? Found);

/// <summary>A platform that hosts may have.</summary>
/// <param name="Blocks">The settings blocks that it reads.</param>
/// <param name="NeedsOneOf">Those of them of which one has to be set.</param>
public sealed record PlatformView(
    string Name,
    IReadOnlyList<string> Blocks,
    IReadOnlyList<string> NeedsOneOf,
    bool HasGuests
);

public sealed record SshView(
    string Host,
    int Port,
    string UserName,
    bool HasPassword,
    bool HasPrivateKey,
    bool HasPassphrase,
    string? HostKeyFingerprint,
    string? ShutdownCommand,
    string? LibvirtUri,
    string? Preset = null
);

public sealed record HttpsView(
    string BaseUrl,
    string? UserName,
    bool HasPassword,
    string? TokenId,
    string? HostName,
    bool HasTokenSecret,
    string? CertificateFingerprint
);

public sealed record WinrmView(
    string Host,
    int Port,
    bool UseTls,
    string UserName,
    bool HasPassword,
    WinrmAuthentication Authentication,
    string? CertificateFingerprint
);

public sealed record WakeView(
    string Method,
    string? MacAddress,
    string? Host,
    int? Port,
    string? UserName,
    bool HasPassword,
    string? Interface = null,
    int? RelayHostId = null,
    int? CipherSuite = null,
    string? SystemId = null,
    string? CertificateFingerprint = null,
    string? Outlet = null
);

/// <summary>A guest as the API answers it.</summary>
public sealed record GuestView(
    int? Id,
    int HostId,
    string Realm,
    string ExternalId,
    string Name,
    GuestKind Kind,
    GuestState State,
    AgentState Agent,
    int Priority,
    DateTimeOffset SeenAt
)
{
    public static GuestView Of(GuestSnapshot g) =>
        new(g.Id, g.HostId, g.Realm, g.ExternalId, g.Name, g.Kind, g.State, g.Agent, g.Priority, g.SeenAt);
}
