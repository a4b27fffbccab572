using System.Security.Cryptography;
using System.Text;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>The keys of one user at one engine.</summary>
/// <param name="Auth">Empty without authentication.</param>
/// <param name="Privacy">Empty without privacy; of DES the key and the pre-IV.</param>
internal sealed record UsmKeyPair(byte[] Auth, byte[] Privacy);

/// <summary>From a user's passwords to keys. Stretching a password takes a megabyte of hashing, so it is done once;
/// localising it to an engine is cheap and is remembered for the last engine. Any thread.</summary>
internal sealed class UsmKeys(SnmpUser user)
{
    private const int Stretched = 1 << 20;

    /// <summary>Random at the start: another client with the same user must not repeat our IVs.</summary>
    private long _salts = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly Lock _gate = new();
    private byte[]? _auth;
    private byte[]? _privacy;
    private (string Engine, UsmKeyPair Keys)? _last;

    public SnmpUser User => user;

    public long NextSalt() => Interlocked.Increment(ref _salts);

    /// <summary>The keys at an engine.</summary>
    /// <exception cref="SnmpException">A password is missing, or privacy without authentication.</exception>
    public UsmKeyPair At(ReadOnlySpan<byte> engineId)
    {
        var engine = Convert.ToHexString(engineId);
        lock (_gate)
        {
            if (_last is { } last && last.Engine == engine)
                return last.Keys;
            var keys = Localise(engineId);
            _last = (engine, keys);
            return keys;
        }
    }

    /// <summary>Whether there are keys at all.</summary>
    /// <exception cref="SnmpException">A password is missing, or privacy without authentication.</exception>
    public void Check()
    {
        var (auth, privacy) = (user.Auth is not SnmpAuth.None, user.Privacy is not SnmpPrivacy.None);
        if (privacy && !auth)
            throw new SnmpException(SnmpFault.UnsupportedSecurityLevel, "Privacy needs authentication.");
        if (auth && string.IsNullOrEmpty(user.AuthPassword))
            throw new SnmpException(SnmpFault.WrongAuth, "There is no authentication password.");
        if (privacy && string.IsNullOrEmpty(user.PrivacyPassword))
            throw new SnmpException(SnmpFault.WrongPrivacy, "There is no privacy password.");
    }

    private UsmKeyPair Localise(ReadOnlySpan<byte> engineId)
    {
        Check();
        if (user.Auth is SnmpAuth.None)
            return new UsmKeyPair([], []);
        _auth ??= Stretch(user.Auth, Encoding.UTF8.GetBytes(user.AuthPassword ?? ""));
        var auth = Localise(user.Auth, _auth, engineId);
        if (user.Privacy is SnmpPrivacy.None)
            return new UsmKeyPair(auth, []);
        _privacy ??= Stretch(user.Auth, Encoding.UTF8.GetBytes(user.PrivacyPassword ?? ""));
        var privacy = Extend(user.Auth, user.Privacy, Localise(user.Auth, _privacy, engineId), engineId);
        return new UsmKeyPair(auth, privacy);
    }

    /// <summary>RFC 3414, A.2: the password, repeated to a megabyte, hashed.</summary>
    internal static byte[] Stretch(SnmpAuth auth, ReadOnlySpan<byte> password)
    {
        var repeated = new byte[Stretched];
        for (var at = 0; at < Stretched; at += password.Length)
            password[..Math.Min(password.Length, Stretched - at)].CopyTo(repeated.AsSpan(at));
        return UsmDigest.Hash(auth, repeated);
    }

    internal static byte[] Localise(SnmpAuth auth, ReadOnlySpan<byte> key, ReadOnlySpan<byte> engineId) =>
        UsmDigest.Hash(auth, [.. key, .. engineId, .. key]);

    /// <summary>Makes a localised key as long as the cipher wants it. Blumenthal appends the hash of what there is;
    /// Reeder takes what there is for a password. They agree where the digest is long enough.</summary>
    internal static byte[] Extend(SnmpAuth auth, SnmpPrivacy privacy, byte[] key, ReadOnlySpan<byte> engineId)
    {
        var length = UsmCipher.KeyLength(privacy);
        var reeder = privacy is SnmpPrivacy.Aes192Reeder or SnmpPrivacy.Aes256Reeder;
        while (key.Length < length)
        {
            var more = reeder ? Localise(auth, Stretch(auth, key), engineId) : UsmDigest.Hash(auth, key);
            key = [.. key, .. more];
        }
        return key[..length];
    }
}
