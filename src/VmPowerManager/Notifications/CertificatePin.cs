using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.Notifications;

/// <summary>Checks the certificate of one connection: a pinned one must be exactly that; otherwise the machine's
/// authorities and the name decide. Keeps why it was refused.</summary>
/// <param name="pinned">SHA-256 in hexadecimal, or null.</param>
public sealed class CertificatePin(string? pinned)
{
    /// <summary>Why the certificate was refused, with its fingerprint; null while none was.</summary>
    public string? Refusal { get; private set; }

    public bool Accept(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            Refusal = "The server showed no certificate.";
            return false;
        }
        var hash = SHA256.HashData(certificate.GetRawCertData());
        if (pinned is not null && Normal(pinned) == Convert.ToHexString(hash))
            return true;
        if (pinned is null && errors == SslPolicyErrors.None)
            return true;
        var fingerprint = string.Join(':', hash.Select(b => b.ToString("X2", CultureInfo.InvariantCulture)));
        Refusal = pinned is null
            ? $"The server's certificate is not trusted ({Reason(errors)}). Its SHA-256 fingerprint is {fingerprint}; if it is the right one, pin it."
            : $"The server's certificate is another one than the pinned: its SHA-256 fingerprint is {fingerprint}.";
        return false;
    }

    /// <summary>Any common way to write a SHA-256: with colons or not, in either case.</summary>
    public static bool IsFingerprint(string text) =>
        Normal(text) is { Length: 64 } hex && hex.All(char.IsAsciiHexDigit);

    private static string Normal(string text)
    {
        var digits = text.StartsWith("SHA256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
        return digits.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
    }

    private static string Reason(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? "it is made out to another name"
            : "no known authority signed it, or it is not valid now";
}
