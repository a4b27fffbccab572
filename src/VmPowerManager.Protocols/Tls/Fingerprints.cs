using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.Protocols.Tls;

/// <summary>Certificates told apart by the SHA-256 of their DER form, written as OpenSSH writes host keys:
/// <c>SHA256:</c> and base64 without padding.</summary>
public static class Fingerprints
{
    private const string Prefix = "SHA256:";

    public static string Of(X509Certificate certificate) => Of(certificate.GetRawCertData());

    /// <param name="der">The whole certificate.</param>
    public static string Of(ReadOnlySpan<byte> der) => Text(SHA256.HashData(der));

    /// <summary>Whether both name the same certificate. Hexadecimal digits, with colons or without, are read as well: other
    /// programs show fingerprints so. What is not readable equals nothing.</summary>
    public static bool Same(string? one, string? other) => Hash(one) is { } hash && hash == Hash(other);

    /// <summary>The same fingerprint in our own manner; null when it is none.</summary>
    public static string? Normal(string? fingerprint) =>
        Hash(fingerprint) is { } hash ? Text(Convert.FromHexString(hash)) : null;

    /// <summary>The same as 32 pairs of digits with colons; null when it is none.</summary>
    public static string? Hexadecimal(string? fingerprint) =>
        Hash(fingerprint) is { } hash ? string.Join(':', hash.Chunk(2).Select(pair => new string(pair))) : null;

    private static string Text(ReadOnlySpan<byte> hash) => Prefix + Convert.ToBase64String(hash).TrimEnd('=');

    /// <summary>As 64 upper-case hexadecimal digits.</summary>
    private static string? Hash(string? fingerprint)
    {
        var text = fingerprint?.Trim() ?? "";
        if (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            text = text[Prefix.Length..];
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length == 64 && digits.All(char.IsAsciiHexDigit))
            return digits.ToUpperInvariant();
        Span<byte> hash = stackalloc byte[33];
        var base64 = text.TrimEnd('=');
        return base64.Length == 43 && Convert.TryFromBase64String(base64 + "=", hash, out var length) && length == 32
            ? Convert.ToHexString(hash[..length])
            : null;
    }
}
