using System.Security.Cryptography;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>The digests of the user-based security model and what of them goes over the wire (RFC 3414, RFC 7860).</summary>
internal static class UsmDigest
{
    /// <summary>Octets of the authentication parameters.</summary>
    public static int Length(SnmpAuth auth) =>
        auth switch
        {
            SnmpAuth.None => 0,
            SnmpAuth.Md5 or SnmpAuth.Sha1 => 12,
            SnmpAuth.Sha224 => 16,
            SnmpAuth.Sha256 => 24,
            SnmpAuth.Sha384 => 32,
            _ => 48,
        };

    public static byte[] Hash(SnmpAuth auth, ReadOnlySpan<byte> data) =>
        auth is SnmpAuth.Sha224 ? Sha224.Hash(data) : CryptographicOperations.HashData(Name(auth), data);

    /// <summary>The authentication parameters of a whole message.</summary>
    public static byte[] Sign(SnmpAuth auth, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        var full =
            auth is SnmpAuth.Sha224
                ? Sha224.Hmac(key, message)
                : CryptographicOperations.HmacData(Name(auth), key, message);
        return full[..Length(auth)];
    }

    private static HashAlgorithmName Name(SnmpAuth auth) =>
        auth switch
        {
            SnmpAuth.Md5 => HashAlgorithmName.MD5,
            SnmpAuth.Sha1 => HashAlgorithmName.SHA1,
            SnmpAuth.Sha256 => HashAlgorithmName.SHA256,
            SnmpAuth.Sha384 => HashAlgorithmName.SHA384,
            SnmpAuth.Sha512 => HashAlgorithmName.SHA512,
            _ => throw new ArgumentOutOfRangeException(nameof(auth), auth, "Not a digest."),
        };
}
