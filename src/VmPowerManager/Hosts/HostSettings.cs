using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>What is stored of a host's blocks: secrets are elsewhere.</summary>
public sealed record HostSettings
{
    public int Version { get; init; } = 1;
    public SshSettings? Ssh { get; init; }
    public IReadOnlyList<WakeSettings> Wake { get; init; } = [];

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

    /// <summary>What secrets belong to: another address or user is asked for them again (DESIGN 4).</summary>
    public bool SameAddress(SshSettings? other) =>
        other is not null
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase)
        && (Port, UserName) == (other.Port, other.UserName);
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
}

/// <summary>Names of secrets.</summary>
public static class HostSecrets
{
    public const string SshPassword = "ssh.password";
    public const string SshPrivateKey = "ssh.privateKey";
    public const string SshPassphrase = "ssh.passphrase";

    public static string WakePassword(int index) => $"wake[{index}].password";
}
