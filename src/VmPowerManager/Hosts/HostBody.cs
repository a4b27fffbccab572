using System.Text.Json.Serialization;

namespace VmPowerManager.Hosts;

/// <summary>A host as a client sends it (API.md: Hosts and guests).</summary>
public sealed record HostBody
{
    /// <summary>Only for a test: the saved host whose secrets stand in for those left out.</summary>
    public int? Id { get; init; }
    public string? Name { get; init; }
    public string? Platform { get; init; }

    /// <summary>Left out: hypervisor where the platform has guests, else server.</summary>
    public HostRole? Role { get; init; }
    public bool RunsManager { get; init; }
    public IReadOnlyList<HostSupply>? Supplies { get; init; }
    public double? MinSupplies { get; init; }
    public int? MaxParallelGuests { get; init; }
    public string? Witness { get; init; }
    public int? OffSilenceSeconds { get; init; }
    public SshBlock? Ssh { get; init; }
    public IReadOnlyList<WakeBlock>? Wake { get; init; }
}

/// <summary>How to reach a host over SSH. Secrets: null keeps, <c>""</c> clears.</summary>
public sealed record SshBlock
{
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }
    public string? PrivateKey { get; init; }
    public string? Passphrase { get; init; }

    /// <summary><c>SHA256:…</c> of the only accepted key. Given as null: trust the first one seen. Left out: as it was.</summary>
    public string? HostKeyFingerprint
    {
        get;
        init
        {
            field = value;
            FingerprintGiven = true;
        }
    }

    [JsonIgnore]
    public bool FingerprintGiven { get; private init; }

    /// <summary>Run as given in place of the default; null: <c>shutdown -h now</c>, through sudo unless root logs in.</summary>
    public string? ShutdownCommand { get; init; }

    /// <summary>Platform libvirt: the connection that virsh opens on the host.</summary>
    public string? LibvirtUri { get; init; }
}

/// <summary>A way to start the host, tried in the list's order.</summary>
public sealed record WakeBlock
{
    /// <summary><c>wol</c>, <c>ipmi</c>, <c>redfish</c>.</summary>
    public string? Method { get; init; }
    public string? MacAddress { get; init; }
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }

    /// <summary>For Wake-on-LAN: the one interface to send from.</summary>
    public string? Interface { get; init; }
}
