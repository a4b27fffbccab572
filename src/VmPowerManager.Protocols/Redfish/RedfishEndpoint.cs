namespace VmPowerManager.Protocols.Redfish;

/// <summary>A management controller that speaks Redfish (DMTF DSP0266).</summary>
/// <param name="CertificateFingerprint">As <see cref="Tls.Fingerprints"/> writes it; null: the first one seen.</param>
public sealed record RedfishEndpoint(
    string Host,
    int Port,
    string UserName,
    string Password,
    string? CertificateFingerprint = null
)
{
    public const int DefaultPort = 443;

    public Uri BaseUrl => new UriBuilder(Uri.UriSchemeHttps, Host, Port).Uri;

    /// <summary><c>user@host:port</c>, never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}:{Port}";
}
