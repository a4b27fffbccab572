using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>The ciphers of the user-based security model: DES-CBC (RFC 3414, 8) and AES-CFB-128 (RFC 3826).</summary>
internal static class UsmCipher
{
    public const int SaltLength = 8;
    private const int DesBlock = 8;
    private const int AesBlock = 16;

    /// <summary>Octets of key material; of DES the key and the pre-IV.</summary>
    public static int KeyLength(SnmpPrivacy privacy) =>
        privacy switch
        {
            SnmpPrivacy.None => 0,
            SnmpPrivacy.Des or SnmpPrivacy.Aes128 => 16,
            SnmpPrivacy.Aes192 or SnmpPrivacy.Aes192Reeder => 24,
            _ => 32,
        };

    /// <summary>What makes each message's IV another one. Of DES the first half is the engine's boots.</summary>
    public static byte[] Salt(SnmpPrivacy privacy, int boots, long count)
    {
        var salt = new byte[SaltLength];
        BinaryPrimitives.WriteInt64BigEndian(salt, count);
        if (privacy is SnmpPrivacy.Des)
            BinaryPrimitives.WriteInt32BigEndian(salt, boots);
        return salt;
    }

    public static byte[] Encrypt(UsmCipherUse use, ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain)
    {
        if (use.Privacy is SnmpPrivacy.Des)
        {
            using var des = Des(key);
            return des.EncryptCbc(Padded(plain, DesBlock), DesIv(key, use.Salt), PaddingMode.None);
        }
        using var aes = Aes.Create();
        aes.SetKey(key);
        var whole = aes.EncryptCfb(Padded(plain, AesBlock), AesIv(use), PaddingMode.None, feedbackSizeInBits: 128);
        return whole[..plain.Length];
    }

    /// <exception cref="CryptographicException">Not a whole number of blocks, or a salt of a wrong length.</exception>
    public static byte[] Decrypt(UsmCipherUse use, ReadOnlySpan<byte> key, ReadOnlySpan<byte> encrypted)
    {
        if (use.Salt.Length != SaltLength)
            throw new CryptographicException("A salt has 8 octets.");
        if (use.Privacy is SnmpPrivacy.Des)
        {
            using var des = Des(key);
            return des.DecryptCbc(encrypted, DesIv(key, use.Salt), PaddingMode.None);
        }
        using var aes = Aes.Create();
        aes.SetKey(key);
        var whole = aes.DecryptCfb(Padded(encrypted, AesBlock), AesIv(use), PaddingMode.None, feedbackSizeInBits: 128);
        return whole[..encrypted.Length];
    }

    [SuppressMessage("Security", "CA5351", Justification = "Old cards know nothing better (RFC 3414).")]
    private static DES Des(ReadOnlySpan<byte> key)
    {
        var des = DES.Create();
        des.Key = key[..DesBlock].ToArray();
        return des;
    }

    private static byte[] DesIv(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        var iv = key.Slice(DesBlock, DesBlock).ToArray();
        for (var i = 0; i < DesBlock; i++)
            iv[i] ^= salt[i];
        return iv;
    }

    private static byte[] AesIv(UsmCipherUse use)
    {
        var iv = new byte[AesBlock];
        BinaryPrimitives.WriteInt32BigEndian(iv, use.Boots);
        BinaryPrimitives.WriteInt32BigEndian(iv.AsSpan(4), use.Time);
        use.Salt.CopyTo(iv, 8);
        return iv;
    }

    private static byte[] Padded(ReadOnlySpan<byte> data, int block)
    {
        var padded = new byte[(data.Length + block - 1) / block * block];
        data.CopyTo(padded);
        return padded;
    }
}

/// <summary>What a cipher needs of the message beside the key.</summary>
internal sealed record UsmCipherUse(SnmpPrivacy Privacy, int Boots, int Time, byte[] Salt);
