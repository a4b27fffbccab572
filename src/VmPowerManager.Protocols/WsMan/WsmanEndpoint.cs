namespace VmPowerManager.Protocols.WsMan;

/// <summary>How a WinRM service is told who we are.</summary>
public enum WsmanAuthentication
{
    /// <summary>RFC 7617. For local accounts only, and only where the service allows it.</summary>
    Basic,

    /// <summary>MS-NLMP: local and domain accounts, allowed by default.</summary>
    Ntlm,

    /// <summary>RFC 4559, with Kerberos alone: domain accounts by <c>user@REALM</c>, at hosts that are named.</summary>
    Kerberos,
}

/// <summary>A WinRM service (MS-WSMV) and who we are there. Two equal endpoints share shells.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">5986 for HTTPS, 5985 for HTTP by default.</param>
/// <param name="UseTls">Without it nothing is encrypted, and Windows refuses that unless <c>AllowUnencrypted</c> is set.</param>
/// <param name="UserName"><c>name</c>, <c>DOMAIN\name</c> or <c>name@domain</c>.</param>
/// <param name="CertificateFingerprint">The only certificate that is accepted, as <c>SHA256:base64</c>; null: the first
/// one seen is trusted.</param>
public sealed record WsmanEndpoint(
    string Host,
    int Port,
    bool UseTls,
    string UserName,
    string Password,
    WsmanAuthentication Authentication,
    string? CertificateFingerprint = null
)
{
    public Uri Url => new UriBuilder(UseTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, Bracketed, Port, "/wsman").Uri;

    private string Bracketed => Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host;

    /// <summary><c>user@host:port</c>, never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}:{Port}";
}
