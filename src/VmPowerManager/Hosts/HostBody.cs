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

    /// <summary>How many guests are stopped, or started, at a time when a host says nothing: twenty go down in a third more
    /// time than without any bound at most (docs/measurements.md), ten do not.</summary>
    public const int UsualParallelGuests = 20;

    public int? MaxParallelGuests { get; init; }
    public string? Witness { get; init; }
    public int? OffSilenceSeconds { get; init; }

    /// <summary>A block left out stays as it was; one without an address is removed.</summary>
    public SshBlock? Ssh { get; init; }
    public HttpsBlock? Https { get; init; }

    public DirectBlock? Direct { get; init; }
    public WinrmBlock? Winrm { get; init; }
    public IReadOnlyList<WakeBlock>? Wake { get; init; }
}

/// <summary>How to reach a host over SSH. Secrets: null keeps, <c>""</c> clears.</summary>
public sealed record SshBlock
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}";

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

    /// <summary>Run as given in place of the default; null: the preset's.</summary>
    public string? ShutdownCommand { get; init; }

    /// <summary>Platform libvirt: the connection that virsh opens on the host.</summary>
    public string? LibvirtUri { get; init; }

    /// <summary>How the system there is shut down: <c>linux</c>, <c>windows</c>, <c>synology</c> ...; null:
    /// <c>shutdown -h now</c>.</summary>
    public string? Preset { get; init; }
}

/// <summary>How to reach a host over HTTPS: a user with a password, or a token. Secrets: null keeps, <c>""</c>
/// clears.</summary>
public sealed record HttpsBlock
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{TokenId ?? UserName} at {BaseUrl}";

    public string? BaseUrl { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }
    public string? TokenId { get; init; }
    public string? TokenSecret { get; init; }

    /// <summary>Platform vsphere, where the address is a vCenter's: the host's name in its inventory; null: it has one.</summary>
    public string? HostName { get; init; }

    /// <summary><c>SHA256:…</c> of the only accepted certificate. Given as null: trust the first one seen. Left out: as it
    /// was.</summary>
    public string? CertificateFingerprint
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
}

/// <summary>Platform vsphere, where the block <c>https</c> is a vCenter's: the ESXi host's own API. Secrets: null keeps,
/// <c>""</c> clears.</summary>
public sealed record DirectBlock
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{UserName} at {BaseUrl}";

    public string? BaseUrl { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }

    /// <inheritdoc cref="HttpsBlock.CertificateFingerprint"/>
    public string? CertificateFingerprint
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
}

/// <summary>How to reach a host over WinRM. Secrets: null keeps, <c>""</c> clears.</summary>
public sealed record WinrmBlock
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}";

    public string? Host { get; init; }

    /// <summary>Left out: 5986, without TLS 5985.</summary>
    public int? Port { get; init; }
    public bool? UseTls { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }

    /// <summary><c>basic</c>, <c>ntlm</c> or <c>kerberos</c> (<c>user@REALM</c>, a host that is named); left out: <c>ntlm</c>.</summary>
    public WinrmAuthentication? Authentication { get; init; }

    /// <inheritdoc cref="HttpsBlock.CertificateFingerprint"/>
    public string? CertificateFingerprint
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
}

/// <summary>A way to start the host, tried in the list's order.</summary>
public sealed record WakeBlock
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{Method} {Host}";

    /// <summary><c>wol</c>, <c>ipmi</c>, <c>redfish</c>, <c>pdu</c>.</summary>
    public string? Method { get; init; }
    public string? MacAddress { get; init; }
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? UserName { get; init; }

    /// <summary>Of the management controller; for Wake-on-LAN the SecureOn password, <c>00:11:22:33:44:55</c>.</summary>
    public string? Password { get; init; }

    /// <summary>For Wake-on-LAN: the one interface to send from.</summary>
    public string? Interface { get; init; }

    /// <summary>For Wake-on-LAN: the host that sends it in our place.</summary>
    public int? RelayHostId { get; init; }

    /// <summary>For IPMI.</summary>
    public int? CipherSuite { get; init; }

    /// <summary>For a PDU: <c>5</c>, <c>5,6</c>, or an object with its values for on and off: <c>1.3.6.1.4.1.850.1.2=1/0</c>.</summary>
    public string? Outlet { get; init; }

    /// <summary>For Redfish; null: the only system that the controller knows.</summary>
    public string? SystemId { get; init; }

    /// <summary>For Redfish, as in the block <c>https</c>.</summary>
    public string? CertificateFingerprint
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
}
