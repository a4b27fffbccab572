using System.Security.Cryptography;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>Encrypts and signs what goes out, checks and decrypts what comes in, with the keys of one user.</summary>
internal static class UsmSeal
{
    /// <param name="message">Its flags say what is done to it.</param>
    /// <param name="scope">What it carries.</param>
    /// <param name="secrets">Of the user.</param>
    /// <param name="keys">Of the user, at the engine that the message names.</param>
    public static byte[] Close(UsmMessage message, UsmScope scope, UsmKeys secrets, UsmKeyPair keys)
    {
        var user = secrets.User;
        var data = scope.Encode();
        if (message.IsEncrypted)
        {
            var salt = UsmCipher.Salt(user.Privacy, message.Boots, secrets.NextSalt());
            var use = new UsmCipherUse(user.Privacy, message.Boots, message.Time, salt);
            message = message with { PrivacyParameters = salt, Data = UsmCipher.Encrypt(use, keys.Privacy, data) };
        }
        else
        {
            message = message with { Data = data };
        }
        if (!message.IsAuthenticated)
            return message.Encode(out _);
        var length = UsmDigest.Length(user.Auth);
        var datagram = (message with { AuthParameters = new byte[length] }).Encode(out var at);
        UsmDigest.Sign(user.Auth, keys.Auth, datagram).CopyTo(datagram, at);
        return datagram;
    }

    /// <summary>Whether the message's digest is that of this user.</summary>
    public static bool IsGenuine(ReadOnlySpan<byte> datagram, UsmMessage message, SnmpAuth auth, UsmKeyPair keys)
    {
        if (auth is SnmpAuth.None || message.AuthParameters.Length != UsmDigest.Length(auth))
            return false;
        var unsigned = datagram[..message.Extent].ToArray();
        unsigned.AsSpan(message.AuthOffset, message.AuthParameters.Length).Clear();
        var digest = UsmDigest.Sign(auth, keys.Auth, unsigned);
        return CryptographicOperations.FixedTimeEquals(digest, message.AuthParameters);
    }

    /// <summary>Whose message it is: of several users of one name (devices with passwords of their own) the one whose
    /// digest it bears; without a digest the first. Null for nobody's.</summary>
    public static UsmKeys? Owner(ReadOnlySpan<byte> datagram, UsmMessage message, IReadOnlyList<UsmKeys> named)
    {
        if (!message.IsAuthenticated)
            return named.Count > 0 ? named[0] : null;
        foreach (var secrets in named)
        {
            if (IsGenuine(datagram, message, secrets.User.Auth, secrets.At(message.EngineId)))
                return secrets;
        }
        return null;
    }

    /// <exception cref="SnmpException">WrongPrivacy: it does not decrypt to SNMP; Malformed: it was in clear.</exception>
    public static UsmScope Open(UsmMessage message, SnmpPrivacy privacy, UsmKeyPair keys)
    {
        if (!message.IsEncrypted)
            return UsmScope.Decode(message.Data);
        try
        {
            var use = new UsmCipherUse(privacy, message.Boots, message.Time, message.PrivacyParameters);
            return UsmScope.Decode(UsmCipher.Decrypt(use, keys.Privacy, message.Data));
        }
        catch (Exception e) when (e is SnmpException or CryptographicException)
        {
            throw new SnmpException(SnmpFault.WrongPrivacy, "What came encrypted cannot be read.", e);
        }
    }
}
