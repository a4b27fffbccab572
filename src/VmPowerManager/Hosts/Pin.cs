namespace VmPowerManager.Hosts;

/// <summary>What a peer is known by.</summary>
public enum PinKind
{
    HostKey,
    Certificate,

    /// <summary>Of the block <c>direct</c>, where a person chooses between two.</summary>
    DirectCertificate,
}

/// <summary>A key or certificate that is trusted at one address; a null one: the first that is seen.</summary>
internal sealed record Pin(PinKind Kind, string Host, int Port, string? Fingerprint)
{
    /// <summary>All of a host, those of its management controllers too.</summary>
    public static IEnumerable<Pin> All(HostSettings settings)
    {
        if (settings.Ssh is { } ssh)
            yield return new(PinKind.HostKey, ssh.Host, ssh.Port, ssh.HostKeyFingerprint);
        if (settings.Https is { Url: { } url } https)
            yield return new(PinKind.Certificate, url.IdnHost, url.Port, https.CertificateFingerprint);
        if (settings.Direct is { Url: { } own } direct)
            yield return new(PinKind.Certificate, own.IdnHost, own.Port, direct.CertificateFingerprint);
        if (settings.Winrm is { UseTls: true } winrm)
            yield return new(PinKind.Certificate, winrm.Host, winrm.Port, winrm.CertificateFingerprint);
        foreach (var wake in settings.Wake)
            if (wake is { Method: "redfish", Host: { } host })
                yield return new(PinKind.Certificate, host, wake.Port ?? 443, wake.CertificateFingerprint);
    }

    /// <summary>The same settings, with this pin wherever its address is and nothing is pinned yet.</summary>
    public HostSettings Added(HostSettings settings) =>
        settings with
        {
            Ssh =
                settings.Ssh is { HostKeyFingerprint: null } ssh && IsAt(PinKind.HostKey, ssh.Host, ssh.Port)
                    ? ssh with
                    {
                        HostKeyFingerprint = Fingerprint,
                    }
                    : settings.Ssh,
            Https = Added(settings.Https),
            Direct = Added(settings.Direct),
            Winrm =
                settings.Winrm is { CertificateFingerprint: null, UseTls: true } winrm
                && IsAt(PinKind.Certificate, winrm.Host, winrm.Port)
                    ? winrm with
                    {
                        CertificateFingerprint = Fingerprint,
                    }
                    : settings.Winrm,
            Wake = [.. settings.Wake.Select(Added)],
        };

    /// <summary>For an event.</summary>
    public object Data(string? before) =>
        Kind == PinKind.HostKey
            ? new { before, hostKeyFingerprint = Fingerprint }
            : new { before, certificateFingerprint = Fingerprint };

    private HttpsSettings? Added(HttpsSettings? https) =>
        https is { CertificateFingerprint: null, Url: { Scheme: "https" } url }
        && IsAt(PinKind.Certificate, url.IdnHost, url.Port)
            ? https with
            {
                CertificateFingerprint = Fingerprint,
            }
            : https;

    private WakeSettings Added(WakeSettings wake) =>
        wake is { Method: "redfish", CertificateFingerprint: null, Host: { } host }
        && IsAt(PinKind.Certificate, host, wake.Port ?? 443)
            ? wake with
            {
                CertificateFingerprint = Fingerprint,
            }
            : wake;

    private bool IsAt(PinKind kind, string host, int port) =>
        (kind, port) == (Kind, Port) && string.Equals(host, Host, StringComparison.OrdinalIgnoreCase);
}
