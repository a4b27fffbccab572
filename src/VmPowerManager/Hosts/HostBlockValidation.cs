using System.Text.RegularExpressions;
using VmPowerManager.Protocols.Kerberos;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts;

/// <summary>Checks the settings blocks of a host that its platform reads.</summary>
internal sealed partial class HostBlockValidation(HostFieldErrors errors, MergedSettings merged, bool keptSecrets)
{
    public const string NoHostKey = "SHA256: and 43 characters, as ssh-keygen -l shows it.";
    public const string NoCertificate =
        "The SHA-256 of the certificate: SHA256: and 43 characters, or 64 hexadecimal digits.";
    private const string NoAddress = "A name or an address is needed.";

    public static bool IsHostKey(string text) => HostKey().IsMatch(text);

    public void Check(HostBody body, IHostDriver driver)
    {
        var set = merged.Settings;
        // Also where it is only the second path (POLICY F8).
        if ((driver.Blocks.Contains("ssh") || set.Https is not null) && set.Ssh is { } ssh)
            Check(ssh);
        if (driver.Blocks.Contains("https") && set.Https is { } https)
            Check("https", https);
        if (driver.Blocks.Contains("direct") && set.Direct is { } direct)
            CheckDirect(direct, set.Https);
        if (driver.Blocks.Contains("winrm") && set.Winrm is { } winrm)
            Check(winrm);
        if (driver.NeedsOneOf.Any(b => IsSet(b) is not false))
            return;
        var needed = driver.NeedsOneOf[0];
        // Given without an address: each of its fields is told, as in any other.
        if (needed == "ssh" && body.Ssh is not null)
            Check(new SshSettings { Host = "", UserName = "" });
        else if (needed == "https" && body.Https is not null)
            Check("https", new HttpsSettings { BaseUrl = "" });
        else if (needed == "winrm" && body.Winrm is not null)
            Check(new WinrmSettings { Host = "", UserName = "" });
        else
            errors.Add(
                needed,
                driver.NeedsOneOf.Count == 1
                    ? $"This platform needs the block {needed}."
                    : $"This platform needs one of the blocks {string.Join(", ", driver.NeedsOneOf)}."
            );
    }

    /// <summary>Null for a block that is a platform's own.</summary>
    private bool? IsSet(string block) =>
        block switch
        {
            "ssh" => merged.Settings.Ssh is not null,
            "https" => merged.Settings.Https is not null,
            "winrm" => merged.Settings.Winrm is not null,
            _ => null,
        };

    private void Check(SshSettings ssh)
    {
        CheckAddress("ssh", ssh.Host, ssh.Port);
        if (string.IsNullOrWhiteSpace(ssh.UserName))
            errors.Add("ssh.userName", "A user name is needed.");
        if (ssh.HostKeyFingerprint is { } key && !IsHostKey(key))
            errors.Add("ssh.hostKeyFingerprint", NoHostKey);
        if (ssh.ShutdownCommand?.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
            errors.Add("ssh.shutdownCommand", "One line.");
        if (ssh.Preset is { } preset && SshPreset.Find(preset) is null)
            errors.Add("ssh.preset", $"One of: {string.Join(", ", SshPreset.All.Select(p => p.Name))}; or none.");
        if (ssh.LibvirtUri is { } uri && !LibvirtUri().IsMatch(uri))
            errors.Add("ssh.libvirtUri", "A libvirt connection URI: qemu:///system.");
        if (!Has(HostSecrets.SshPassword) && !Has(HostSecrets.SshPrivateKey))
            errors.Add(
                "ssh.password",
                merged.Dropped.Contains("ssh")
                    ? "The address or user changed: give the password or the private key again."
                    : "A password or a private key is needed."
            );
    }

    private void Check(string block, HttpsSettings https)
    {
        if (https.Url is not { UserInfo: "", Query: "", Fragment: "" } url)
            errors.Add($"{block}.baseUrl", "An address: https://pve1.lan:8006.");
        else if (url.Scheme == Uri.UriSchemeHttp && https.CertificateFingerprint is not null)
            errors.Add($"{block}.certificateFingerprint", "http:// has no certificate.");
        CheckCertificate(block, https.CertificateFingerprint);
        if (https.HostName?.Length > 255)
            errors.Add($"{block}.hostName", "At most 255 characters.");
        if (https.TokenId is not null)
            Demand(block, $"{block}.tokenSecret", "The secret of the token is needed.");
        else if (https.UserName is not null)
            Demand(block, $"{block}.password", "A password is needed.");
        else
            errors.Add($"{block}.userName", "A user name or a token is needed.");
    }

    /// <summary>The host itself, where <c>https</c> is its manager's.</summary>
    private void CheckDirect(HttpsSettings direct, HttpsSettings? https)
    {
        Check("direct", direct);
        if (https is { HostName: null })
            errors.Add("direct.baseUrl", "Only where https.baseUrl is a vCenter's, with https.hostName.");
        else if (direct.SameServer(https))
            errors.Add("direct.baseUrl", "The host's own address, not the vCenter's.");
    }

    private void Check(WinrmSettings winrm)
    {
        CheckAddress("winrm", winrm.Host, winrm.Port);
        if (string.IsNullOrWhiteSpace(winrm.UserName))
            errors.Add("winrm.userName", "A user name is needed.");
        if (winrm.Authentication == WinrmAuthentication.Kerberos)
            CheckKerberos(winrm);
        if (!winrm.UseTls && winrm.CertificateFingerprint is not null)
            errors.Add("winrm.certificateFingerprint", "Without TLS there is no certificate.");
        CheckCertificate("winrm", winrm.CertificateFingerprint);
        Demand("winrm", HostSecrets.WinrmPassword, "A password is needed.");
    }

    private void CheckKerberos(WinrmSettings winrm)
    {
        if (!string.IsNullOrWhiteSpace(winrm.UserName) && !KerberosLogin.IsPrincipal(winrm.UserName))
            errors.Add("winrm.userName", "Kerberos needs the user with its realm: power@CORP.LAN.");
        if (Uri.CheckHostName(winrm.Host) is UriHostNameType.IPv4 or UriHostNameType.IPv6)
            errors.Add("winrm.host", "Kerberos knows hosts by their names: hv1.corp.lan.");
    }

    private void CheckAddress(string block, string host, int port)
    {
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            errors.Add($"{block}.host", NoAddress);
        if (port is < 1 or > 65535)
            errors.Add($"{block}.port", "From 1 to 65535.");
    }

    private void CheckCertificate(string block, string? fingerprint)
    {
        if (fingerprint is not null && Fingerprints.Normal(fingerprint) is null)
            errors.Add($"{block}.certificateFingerprint", NoCertificate);
    }

    private void Demand(string block, string secret, string message)
    {
        if (!Has(secret))
            errors.Add(
                secret,
                merged.Dropped.Contains(block) ? $"The address or user changed: give it again. {message}" : message
            );
    }

    private bool Has(string secret) => keptSecrets || merged.Secrets.ContainsKey(secret);

    [GeneratedRegex("^SHA256:[A-Za-z0-9+/]{43}=?$")]
    private static partial Regex HostKey();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*://[^\\s]*$")]
    private static partial Regex LibvirtUri();
}

/// <summary>Messages by field.</summary>
internal sealed class HostFieldErrors
{
    private readonly Dictionary<string, List<string>> _errors = [];

    public void Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
            _errors[field] = messages = [];
        messages.Add(message);
    }

    /// <exception cref="Core.InvalidInputException">There are some.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new Core.InvalidInputException(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
