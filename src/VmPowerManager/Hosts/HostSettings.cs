using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>What is stored of a host's blocks: secrets are elsewhere.</summary>
public sealed record HostSettings
{
    public int Version { get; init; } = 1;
    public SshSettings? Ssh { get; init; }
    public HttpsSettings? Https { get; init; }

    /// <summary>The host's own API, where <see cref="Https"/> leads to a manager of several hosts (vCenter).</summary>
    public HttpsSettings? Direct { get; init; }
    public WinrmSettings? Winrm { get; init; }
    public IReadOnlyList<WakeSettings> Wake { get; init; } = [];

    /// <summary>Where the host is reached: by the first of these blocks that is set.</summary>
    public (string Host, int Port)? Reached(IReadOnlyList<string> blocks) =>
        blocks.Select(Address).FirstOrDefault(a => a is not null);

    /// <summary>All names and addresses at which it, or what switches it, is reached.</summary>
    [JsonIgnore]
    public IEnumerable<string> Names =>
        new[] { Ssh?.Host, Https?.Url?.IdnHost, Direct?.Url?.IdnHost, Winrm?.Host }
            .Concat(Wake.Select(w => w.Host))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase);

    public string ToJson() => JsonSerializer.Serialize(this, Json.Options);

    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, Json.Options);

    public static HostSettings Parse(string json) =>
        JsonSerializer.Deserialize<HostSettings>(json, Json.Options) ?? new HostSettings();

    /// <summary>Null when the text is not readable as settings.</summary>
    public static HostSettings? TryParse(string json)
    {
        try
        {
            return Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static HostSettings Of(HostDevice host) =>
        host.Settings.Deserialize<HostSettings>(Json.Options) ?? new HostSettings();

    private (string Host, int Port)? Address(string block) =>
        block switch
        {
            "ssh" when Ssh is { } ssh => (ssh.Host, ssh.Port),
            "https" when Https is { HostName: null, Url: { } url } => (url.IdnHost, url.Port),
            "direct" when Direct is { Url: { } url } => (url.IdnHost, url.Port),
            "winrm" when Winrm is { } winrm => (winrm.Host, winrm.Port),
            _ => null,
        };
}

/// <summary>The block <c>ssh</c>.</summary>
public sealed record SshSettings
{
    public required string Host { get; init; }
    public int Port { get; init; } = 22;
    public required string UserName { get; init; }
    public string? HostKeyFingerprint { get; init; }
    public string? ShutdownCommand { get; init; }
    public string? LibvirtUri { get; init; }

    /// <summary>Which system it is (<see cref="SshPreset"/>); null: any with <c>shutdown -h now</c>.</summary>
    public string? Preset { get; init; }

    /// <summary>What secrets belong to: another address or user is asked for them again (DESIGN 4).</summary>
    public bool SameAddress(SshSettings? other) =>
        other is not null
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && (Port, UserName) == (other.Port, other.UserName);
}

/// <summary>The block <c>https</c>, or <c>direct</c>.</summary>
public sealed record HttpsSettings
{
    /// <summary><c>https://pve1.lan:8006</c>; <c>http://…</c> only where the user wrote so.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>With <c>https.password</c>.</summary>
    public string? UserName { get; init; }

    /// <summary>With <c>https.tokenSecret</c>.</summary>
    public string? TokenId { get; init; }
    public string? CertificateFingerprint { get; init; }

    /// <summary>Where the address is that of a manager of several hosts (vCenter): this one's name there.</summary>
    public string? HostName { get; init; }

    /// <summary>Null: not an address of HTTP.</summary>
    [JsonIgnore]
    public Uri? Url =>
        Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? url : null;

    /// <inheritdoc cref="SshSettings.SameAddress"/>
    public bool SameAddress(HttpsSettings? other) =>
        SameServer(other) && (UserName, TokenId) == (other.UserName, other.TokenId);

    /// <summary>What a pinned certificate belongs to.</summary>
    public bool SameServer([NotNullWhen(true)] HttpsSettings? other) =>
        other is not null
        && (
            BaseUrl == other.BaseUrl
            || (Url is not null && Server(Url) == (other.Url is { } url ? Server(url) : default))
        );

    private static (string, string, int) Server(Uri url) => (url.Scheme, url.IdnHost.ToLowerInvariant(), url.Port);
}

/// <summary>The block <c>winrm</c>.</summary>
public sealed record WinrmSettings
{
    public required string Host { get; init; }
    public int Port { get; init; } = 5986;
    public bool UseTls { get; init; } = true;
    public required string UserName { get; init; }
    public WinrmAuthentication Authentication { get; init; } = WinrmAuthentication.Ntlm;
    public string? CertificateFingerprint { get; init; }

    /// <inheritdoc cref="SshSettings.SameAddress"/>
    public bool SameAddress(WinrmSettings? other) => SameServer(other) && UserName == other.UserName;

    /// <inheritdoc cref="HttpsSettings.SameServer"/>
    public bool SameServer([NotNullWhen(true)] WinrmSettings? other) =>
        other is not null
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && (Port, UseTls) == (other.Port, other.UseTls);
}

public enum WinrmAuthentication
{
    Basic,
    Ntlm,
    Kerberos,
}

/// <summary>One entry of the list <c>wake</c>.</summary>
public sealed record WakeSettings
{
    public required string Method { get; init; }
    public string? MacAddress { get; init; }

    /// <summary>Of the management controller; for Wake-on-LAN where to send the packet, null: the broadcasts of our own
    /// networks.</summary>
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? UserName { get; init; }

    /// <summary>For Wake-on-LAN: name or address of the one interface to send from; null: all.</summary>
    public string? Interface { get; init; }

    /// <summary>For Wake-on-LAN: the host that sends it in our place; null: we do.</summary>
    public int? RelayHostId { get; init; }

    /// <summary>For IPMI: null lets the method choose.</summary>
    public int? CipherSuite { get; init; }

    /// <summary>For Redfish: the system's id; null: the only one that there is.</summary>
    public string? SystemId { get; init; }

    /// <summary>For Redfish; for a NUT server: TLS with this certificate, null: none.</summary>
    public string? CertificateFingerprint { get; init; }

    /// <summary>For a PDU: numbers of outlets, or objects with their values; for a NUT server numbers, after the
    /// device's name.</summary>
    public string? Outlet { get; init; }

    /// <summary>What its password and its certificate belong to.</summary>
    public bool SameAddress(WakeSettings other) =>
        (Method, MacAddress, Host, Port, UserName)
        == (other.Method, other.MacAddress, other.Host, other.Port, other.UserName);
}

/// <summary>Names of secrets.</summary>
public static class HostSecrets
{
    public const string SshPassword = "ssh.password";
    public const string SshPrivateKey = "ssh.privateKey";
    public const string SshPassphrase = "ssh.passphrase";
    public const string HttpsPassword = "https.password";
    public const string HttpsTokenSecret = "https.tokenSecret";
    public const string DirectPassword = "direct.password";
    public const string WinrmPassword = "winrm.password";

    /// <summary>For Wake-on-LAN: the SecureOn password.</summary>
    public static string WakePassword(int index) => $"wake[{index}].password";
}
