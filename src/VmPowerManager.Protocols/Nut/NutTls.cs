using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.Protocols.Nut;

/// <summary>The TLS half of STARTTLS: encrypts, and pins the certificate where a fingerprint is given. upsd's
/// certificates are self-signed as a rule, so chains and names are not asked for.</summary>
internal sealed class NutTls(NutEndpoint endpoint)
{
    private bool _otherCertificate;

    /// <summary>SHA-256 of the certificate that the server showed, as <c>AA:BB:…</c>.</summary>
    public string? Fingerprint { get; private set; }

    /// <exception cref="DeviceException">TrustChanged: not the pinned certificate; ProtocolError: no TLS.</exception>
    public async Task<SslStream> UpgradeAsync(Stream plain, CancellationToken ct)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false, Accept);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = endpoint.Host, AllowRenegotiation = false },
                ct
            );
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (_otherCertificate)
                throw new DeviceException(
                    DeviceFault.TrustChanged,
                    $"The server's certificate is SHA-256 {Fingerprint}, but {endpoint.CertificateFingerprint} is pinned.",
                    e
                );
            if (e is AuthenticationException)
                throw new DeviceException(DeviceFault.ProtocolError, $"TLS failed: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Hex digits only, upper case, so that any common way to write a fingerprint compares.</summary>
    public static string Normal(string fingerprint)
    {
        var digits = fingerprint.StartsWith("SHA256:", StringComparison.OrdinalIgnoreCase)
            ? fingerprint[7..]
            : fingerprint;
        return digits.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
    }

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
            return false;
        var hash = SHA256.HashData(certificate.GetRawCertData());
        Fingerprint = string.Join(
            ':',
            hash.Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))
        );
        _otherCertificate =
            endpoint.CertificateFingerprint is { Length: > 0 } pinned && Normal(pinned) != Convert.ToHexString(hash);
        return !_otherCertificate;
    }
}
