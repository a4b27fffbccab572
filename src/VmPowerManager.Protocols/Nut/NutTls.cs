using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmPowerManager.Protocols.Tls;

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
            endpoint.CertificateFingerprint is { Length: > 0 } pinned
            && !Fingerprints.Same(pinned, Convert.ToHexString(hash));
        return !_otherCertificate;
    }
}
